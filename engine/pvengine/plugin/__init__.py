"""All that the author of a falsifier imports.

A falsifier measures and nothing else: no threshold, no verdict, no seed and no path stands inside it. The
contract judges what it measured.
"""

from pvengine.errors import RegistrationError
from pvengine.plugin.domain import Bound, Domain, Range
from pvengine.plugin.registration import Falsifier, falsifier, iter_registered
from pvengine.plugin.statistics import NotComparableError, Population, Statistic
from pvengine.plugin.trial import Params, Trial

__all__ = [
    "Bound",
    "Domain",
    "Falsifier",
    "NotComparableError",
    "Params",
    "Population",
    "Range",
    "RegistrationError",
    "Statistic",
    "Trial",
    "falsifier",
    "iter_registered",
]
