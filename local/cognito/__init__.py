"""A local Amazon Cognito: user pools that answer as AWS does, in one process on loopback.

Read in this order: `app` (what a request meets), `protocol` (the JSON protocol and botocore's
model), `operations` (which file answers which operation), then the file of a subject.

    app ─ protocol ─ operations ─ pools, clients, users, sign_up, sign_in, …  (one file a subject)
                                  └ lookup, schema, codes, tokens, srp        (what subjects share)
                                      └ records, store, clock, errors         (state)

Behaviour follows recorded answers of AWS first, AWS's own client sources second, its documentation
third. What no source settles is marked "not known" where it is decided and listed in
local/README.md.
"""
