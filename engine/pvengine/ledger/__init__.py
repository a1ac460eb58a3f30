"""Judge, evidence, amendments, versions and the one edit that writes them: the record of a contract."""
