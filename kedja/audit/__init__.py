"""The provable log: each row of the access log is a leaf of a Merkle tree, whose root is signed (RFC 9162).

Pure: `event` says what a leaf is, `tree` hashes and proves, `checkpoint` signs. What is stored of it: `kedja.store.audit`.
"""
