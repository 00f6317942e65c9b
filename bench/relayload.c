// Load for the data path of a TURN server on the loopback interface. Prints one line of JSON.
//
//     cc -O2 -o relayload relayload.c
//     relayload up|down|both SECONDS BYTES CHANNEL WINDOW RATE CLIENT:PEER …
//
// CLIENT and PEER are descriptors of connected UDP sockets, a pair for each call, whose handshake
// is done. A client frames its packets as ChannelData on CHANNEL; with 0 nobody frames anything,
// and the two sockets of a pair are connected to each other: that is the path without a relay.
//
// With a WINDOW: closed loop. So many packets are under way in each flow and a new one leaves only
// when one has arrived, so the rate is what the server can do and no queue is overrun.
// With a WINDOW of 0: RATE packets a second in each flow, evenly spread, whatever arrives.
//
// Each packet begins like RTP (RFC 7983), then come its flow, the time of sending and a pattern;
// all of that is compared on arrival.
#define _GNU_SOURCE
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <time.h>

enum {
    CALLS = 64,
    BATCH = 32,      // packets in one system call; also the largest window
    LARGEST = 1500,  // bytes of a packet
    HEADER = 4,      // bytes of ChannelData before the payload
    STAMP = 16,      // bytes of a payload before the pattern
    BUCKETS = 500000 // of the delay histogram, one a microsecond
};
static const uint64_t SECOND = 1000000000ull;
static const uint64_t WARM_UP = 300000000ull;    // ns that don't count
static const uint64_t LOST_AFTER = 300000000ull; // ns

struct flow {
    int from, to;           // sockets
    int framed_on, sent_on; // bytes of ChannelData header: where it arrives, where it leaves
    uint8_t number;
    uint64_t sent, received; // since the start of the measurement
    int under_way;
    uint64_t last; // when something was last sent or received, ns
    uint64_t next; // when the next packet is due, ns
};

struct totals {
    uint64_t wrong, lost;
    uint32_t delay[BUCKETS];
};

static struct flow flows[2 * CALLS];
static struct totals totals;
static uint8_t outgoing_bytes[BATCH][LARGEST], incoming_bytes[BATCH][LARGEST];
static struct mmsghdr outgoing[BATCH], incoming[BATCH];
static struct iovec outgoing_parts[BATCH], incoming_parts[BATCH];
static int flow_count, payload, channel, window;
static uint64_t gap; // ns between two packets of a flow

static uint64_t now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return time.tv_sec * SECOND + time.tv_nsec;
}

static void prepare_messages(void) {
    for (int i = 0; i < BATCH; i++) {
        uint8_t *bytes = outgoing_bytes[i];
        bytes[0] = channel >> 8, bytes[1] = channel;
        bytes[2] = payload >> 8, bytes[3] = payload;
        for (int at = 0; at < payload; at++)
            bytes[HEADER + at] = at * 7;
        memset(bytes + HEADER, 0, STAMP);
        bytes[HEADER] = 0x80; // RTP version 2
        incoming_parts[i] = (struct iovec){incoming_bytes[i], LARGEST};
        outgoing[i].msg_hdr = (struct msghdr){.msg_iov = &outgoing_parts[i], .msg_iovlen = 1};
        incoming[i].msg_hdr = (struct msghdr){.msg_iov = &incoming_parts[i], .msg_iovlen = 1};
    }
}

static void add_flow(int poll, int from, int to, int sent_on, int framed_on) {
    struct flow *flow = &flows[flow_count];
    struct epoll_event event = {.events = EPOLLIN, .data.ptr = flow};
    *flow = (struct flow){from, to, framed_on, sent_on, flow_count, 0, 0, 0, 0, 0};
    if (epoll_ctl(poll, EPOLL_CTL_ADD, to, &event)) {
        perror("relayload");
        exit(1);
    }
    flow_count++;
}

static void add_call(int poll, const char *direction, const char *pair) {
    int client, peer, framing = channel ? HEADER : 0;
    if (sscanf(pair, "%d:%d", &client, &peer) != 2 || flow_count + 2 > 2 * CALLS) {
        fprintf(stderr, "relayload: CLIENT:PEER, at most %d of them\n", CALLS);
        exit(2);
    }
    if (strcmp(direction, "down"))
        add_flow(poll, client, peer, framing, 0);
    if (strcmp(direction, "up"))
        add_flow(poll, peer, client, 0, framing);
}

static void send_packets(struct flow *flow, int count, uint64_t time) {
    for (int i = 0; i < count; i++) {
        uint8_t *stamp = outgoing_bytes[i] + HEADER;
        stamp[1] = flow->number;
        memcpy(stamp + 8, &time, sizeof time);
        outgoing_parts[i] = (struct iovec){stamp - flow->sent_on, payload + flow->sent_on};
    }
    int sent = sendmmsg(flow->from, outgoing, count, MSG_DONTWAIT);
    if (sent > 0)
        flow->sent += sent, flow->under_way += sent, flow->last = time;
}

static void fill_window(struct flow *flow) {
    uint64_t time = now();
    if (flow->under_way && time - flow->last > LOST_AFTER) {
        totals.lost += flow->under_way;
        flow->under_way = 0;
    }
    if (flow->under_way <= window / 2)
        send_packets(flow, window - flow->under_way, time);
}

static void send_due(struct flow *flow) {
    uint64_t time = now();
    if (time < flow->next)
        return;
    send_packets(flow, 1, time);
    flow->next += gap;
}

static int is_right(const struct flow *flow, const uint8_t *bytes, int size) {
    const uint8_t *sent = outgoing_bytes[0], *stamp = bytes + flow->framed_on;
    return size == payload + flow->framed_on &&
           (!flow->framed_on || !memcmp(bytes, sent, HEADER)) && stamp[0] == 0x80 &&
           stamp[1] == flow->number &&
           !memcmp(stamp + STAMP, sent + HEADER + STAMP, payload - STAMP);
}

static void take_packets(struct flow *flow) {
    int received = recvmmsg(flow->to, incoming, BATCH, MSG_DONTWAIT, NULL);
    uint64_t time = now(), sent_at;
    for (int i = 0; i < received; i++) {
        if (!is_right(flow, incoming_bytes[i], incoming[i].msg_len)) {
            totals.wrong++;
            continue;
        }
        memcpy(&sent_at, incoming_bytes[i] + flow->framed_on + 8, sizeof sent_at);
        uint64_t delay = (time - sent_at) / 1000;
        totals.delay[delay < BUCKETS ? delay : BUCKETS - 1]++;
        flow->received++;
        if (flow->under_way > 0)
            flow->under_way--;
    }
    flow->last = time;
}

static void wait_and_take(int poll, uint64_t until) {
    struct epoll_event events[2 * CALLS];
    uint64_t time = now(), left = until > time ? until - time : 0;
    struct timespec timeout = {left / SECOND, left % SECOND};
    int ready = epoll_pwait2(poll, events, 2 * CALLS, &timeout, NULL);
    for (int i = 0; i < ready; i++)
        take_packets(events[i].data.ptr);
}

static void turn(int poll) {
    uint64_t until = now() + SECOND / 50;
    for (int i = 0; i < flow_count; i++) {
        if (window) {
            fill_window(&flows[i]);
            continue;
        }
        send_due(&flows[i]);
        until = flows[i].next < until ? flows[i].next : until;
    }
    wait_and_take(poll, until);
}

// Before the measurement and after it: what was sent and not received by then is lost.
static void settle(int poll) {
    uint64_t end = now() + LOST_AFTER / 3;
    while (!window && now() < end)
        wait_and_take(poll, end);
}

static void run(int poll, uint64_t length) {
    uint64_t start = now();
    for (int i = 0; i < flow_count; i++)
        flows[i].next = start + gap * i / flow_count; // not all at once
    while (now() < start + length)
        turn(poll);
}

static void forget(void) {
    memset(&totals, 0, sizeof totals);
    for (int i = 0; i < flow_count; i++)
        flows[i].sent = flows[i].received = 0;
}

static int percentile(uint64_t count, double share) {
    uint64_t seen = 0;
    for (int i = 0; i < BUCKETS; i++)
        if ((seen += totals.delay[i]) >= count * share)
            return i;
    return BUCKETS;
}

static void report(double seconds) {
    uint64_t sent = 0, received = 0;
    for (int i = 0; i < flow_count; i++)
        sent += flows[i].sent, received += flows[i].received;
    uint64_t lost = window ? totals.lost : sent - received;
    printf("{\"seconds\": %.6f, \"sent\": %lu, \"received\": %lu, \"wrong\": %lu, \"lost\": %ld, "
           "\"p50_us\": %d, \"p99_us\": %d, \"p999_us\": %d}\n",
           seconds, sent, received, totals.wrong, (long)lost, percentile(received, 0.5),
           percentile(received, 0.99), percentile(received, 0.999));
}

int main(int count, char **arguments) {
    if (count < 8) {
        fprintf(stderr, "usage: relayload DIRECTION SECONDS BYTES CHANNEL WINDOW RATE PAIR ...\n");
        return 2;
    }
    uint64_t length = atof(arguments[2]) * SECOND;
    int poll = epoll_create1(0);
    payload = atoi(arguments[3]), channel = atoi(arguments[4]), window = atoi(arguments[5]);
    if (payload < STAMP || payload + HEADER > LARGEST || window > BATCH)
        return 2;
    gap = window ? 0 : SECOND / atof(arguments[6]);
    for (int i = 7; i < count; i++)
        add_call(poll, arguments[1], arguments[i]);
    prctl(PR_SET_TIMERSLACK, 1); // else every timer is up to 50 us late
    prepare_messages();
    run(poll, WARM_UP);
    settle(poll);
    forget();
    printf("begin\n"), fflush(stdout); // for whoever counts the server's CPU time
    uint64_t start = now();
    run(poll, length);
    double seconds = (now() - start) / (double)SECOND;
    settle(poll);
    report(seconds);
    return 0;
}
