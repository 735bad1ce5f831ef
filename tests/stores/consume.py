#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""consume.py PORT OUT: declares the durable queue "all", binds it to what rabbitmq.conf sends, and appends each message
to OUT as a line, when it has the properties that a record should have. Ends when it is killed or the broker goes.

    consume.py PORT     prints how many messages wait in that queue"""
import sys

import pika

connection = pika.BlockingConnection(pika.ConnectionParameters("127.0.0.1", int(sys.argv[1])))
channel = connection.channel()
if len(sys.argv) == 2:
    print(channel.queue_declare("all", passive=True).method.message_count)
    sys.exit()
# as the configuration declares it: a broker refuses another kind
channel.exchange_declare("processes", exchange_type="topic", durable=True)
channel.queue_declare("all", durable=True)
channel.queue_bind("all", "processes", routing_key="user.command")
with open(sys.argv[2], "ab", buffering=0) as out:
    for method, properties, body in channel.consume("all"):
        if (properties.content_type, properties.delivery_mode) != ("application/json", 2):
            sys.exit(f"a message is {properties}")
        out.write(body + b"\n")
        channel.basic_ack(method.delivery_tag)
