#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""spark.py SQL DIR: makes the table of contrib/schema/spark.sql, and writes what it has as JSON into DIR/there.

Spark's own directories are below DIR."""
import sys

from pyspark.sql import SparkSession

sql, work = sys.argv[1:]
spark = (SparkSession.builder.master("local[1]").config("spark.ui.enabled", "false")
         .config("spark.sql.warehouse.dir", f"{work}/warehouse").config("spark.local.dir", work)
         .config("spark.driver.bindAddress", "127.0.0.1").config("spark.driver.host", "127.0.0.1")
         .config("spark.sql.session.timeZone", "UTC").getOrCreate())
with open(sql, encoding="utf-8") as f:
    spark.sql("".join(line for line in f if not line.startswith("--")).rstrip().rstrip(";"))
spark.table("message").write.option("timestampFormat", "yyyy-MM-dd'T'HH:mm:ssX").json(f"{work}/there")
