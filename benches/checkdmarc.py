"""Runs checkdmarc against a name server of the lab: PORT DOMAIN... -> {domain: seconds}."""

import json
import sys
import time

import dns.resolver

PORT = int(sys.argv[1])
RESET = dns.resolver.BaseResolver.reset


def reset(self):
    RESET(self)
    self.port = PORT


dns.resolver.BaseResolver.reset = reset

import checkdmarc  # noqa: E402  (it may make a resolver at once)

took = {}
for domain in sys.argv[2:]:
    started = time.monotonic()
    checkdmarc.check_domains([domain], nameservers=["127.0.0.1"], skip_tls=True)
    took[domain] = time.monotonic() - started
print(json.dumps(took))
