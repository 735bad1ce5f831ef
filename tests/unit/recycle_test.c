/* SPDX-License-Identifier: Apache-2.0 */
/* Intent: messages are destroyed by who made them, and a few that stay with rsyslog keep no others alive.
 * Invariant: what nobody else holds is destroyed, but for a few hundred behind one that is held; what is held stays
 * alive for whoever holds it, and is not touched again.
 * Oracle: the queue, which is the test itself. */
#include "host.h"

#include "impacct_recycle.h"

static struct impacct_recycle ring;
static smsg_t* queue[200000];
static unsigned queued;

static void hand_over(unsigned count) {
    for (; count > 0; count--) {
        smsg_t* const msg = host_message_new();
        impacct_recycle_add(&ring, msg);
        queue[queued++] = msg;
    }
}

/* The queue is through with the message. */
static void done(unsigned i) {
    CHECK(queue[i] != NULL);
    msgDestruct(&queue[i]);
}

int main(int argc, char** argv) {
    check_begin(argc, argv);
    CASE("in order, so many at a time") {
        hand_over(100);
        for (unsigned i = 0; i < 50; i++) {
            done(i);
        }
        CHECK_EQ(host_messages, 100);
        impacct_recycle_collect(&ring, 2);
        CHECK_EQ(host_messages, 98);
        impacct_recycle_collect_all(&ring);
        CHECK_EQ(host_messages, 50);
        for (unsigned i = 50; i < 100; i++) {
            done(i);
        }
        impacct_recycle_collect_all(&ring);
        CHECK_EQ(host_messages, 0);
    }
    CASE("one in ten is held, by a queue that nobody empties") {
        for (unsigned i = 0; i < 150; i++) {
            hand_over(1024);
            for (unsigned k = queued - 1024; k < queued; k++) {
                if (k % 10 != 0) {
                    done(k);
                }
            }
            impacct_recycle_collect_all(&ring);
            CHECK(host_messages <= queued / 10 + 1024);
        }
        for (unsigned k = 0; k < queued; k += 10) {
            done(k); /* they are alive, and the last ones who held them were these */
        }
        impacct_recycle_collect_all(&ring);
        CHECK_EQ(host_messages, 0);
    }
    CASE("very many in a row are held, as by a queue that goes on on disk") {
        hand_over(6000);
        for (unsigned i = 0; i < 100; i++) {
            hand_over(1024);
            for (unsigned k = queued - 1024; k < queued; k++) {
                done(k);
            }
            impacct_recycle_collect_all(&ring);
        }
        CHECK(host_messages <= 6000 + 1024);
    }
    CASE("one is back, and only what it has overtaken for long is left to rsyslog") {
        hand_over(1025);
        done(1024);
        impacct_recycle_collect_all(&ring);
        CHECK_EQ(ring.count, 512);
        CHECK_EQ(host_messages, 1025);
    }
    CASE("fewer than that follow one that is held: they are looked for where it stays") {
        hand_over(200);
        for (unsigned i = 3; i < 200; i++) {
            if (i != 100) {
                done(i);
            }
        }
        impacct_recycle_collect_all(&ring);
        impacct_recycle_sweep(&ring);
        CHECK_EQ(host_messages, 200);
        impacct_recycle_sweep(&ring);
        CHECK_EQ(host_messages, 4);
        CHECK_EQ(ring.count, 4);
        hand_over(10);
        done(0);
        done(100);
        done(205);
        impacct_recycle_collect_all(&ring);
        impacct_recycle_sweep(&ring);
        CHECK_EQ(ring.count, 13); /* another one is the oldest now */
        impacct_recycle_sweep(&ring);
        CHECK_EQ(ring.count, 11);
        CHECK_EQ(host_messages, 11);
    }
    CASE("nothing is back: all wait for a slow queue") {
        hand_over(100000);
        impacct_recycle_collect_all(&ring);
        CHECK_EQ(ring.count, IMPACCT_RECYCLE_MAX);
        CHECK_EQ(host_messages, 100000);
        for (unsigned k = 0; k < queued; k++) {
            done(k);
        }
        impacct_recycle_collect_all(&ring);
        CHECK_EQ(host_messages, 0);
    }
    CASE("all are left to rsyslog") {
        hand_over(10);
        impacct_recycle_release(&ring);
        CHECK_EQ(host_messages, 10);
        for (unsigned k = 0; k < queued; k++) {
            done(k);
        }
        CHECK_EQ(host_messages, 0);
    }
    return check_end();
}
