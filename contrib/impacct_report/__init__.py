# SPDX-License-Identifier: Apache-2.0
"""What ran, from the lines that impacct wrote: on the terminal, as JSON, or as one page.

main       options, one run, exit status
source     files to blocks of whole lines
schema     an object of any schema to one with the native names
block      a block of lines to sums; runs in several processes
totals     the sums, with their bounds, and how two of them become one
times      seconds, steps, and what --since and --until take
collect    all blocks to one sum; records that come twice
summaries  events "summary": newest revision, none where records are there
states     alarms that stand or are over, restarts
changes    a period against the one before
document   sums to the document that --json prints, and all else is made from
terminal   the document on a terminal
page       the document as a page; charts, page.html, page.css and page.js belong to it
text       names and numbers for people; what could steer a terminal shows as its escape
"""
