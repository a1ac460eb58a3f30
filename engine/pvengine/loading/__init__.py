"""From the bytes of a contract to its models, with every complaint at its place in the text."""

from pvengine.loading.claims import Claim, extract_claim
from pvengine.loading.contract_file import LoadedContract, load_contract, read_contract_bytes

__all__ = ["Claim", "LoadedContract", "extract_claim", "load_contract", "read_contract_bytes"]
