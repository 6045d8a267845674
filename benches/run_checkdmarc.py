"""Runs checkdmarc against a name server of the lab: PORT DOMAIN... -> {domain: seconds}."""

import json
import sys
import time

import checkdmarc
import dns.nameserver

server = dns.nameserver.Do53Nameserver("127.0.0.1", int(sys.argv[1]))
took = {}
for domain in sys.argv[2:]:
    started = time.monotonic()
    checkdmarc.check_domains([domain], nameservers=[server])
    took[domain] = time.monotonic() - started
print(json.dumps(took))
