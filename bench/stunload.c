// Load for a STUN server on the loopback interface: keeps a fixed number of Binding requests under
// way on a fixed number of sockets and checks every answer. Prints one line of JSON.
//
//     cc -O2 -o stunload stunload.c && ./stunload PORT SECONDS
//
// Closed loop: a new request leaves only when an answer has come back, or after LOST_AFTER. So the
// rate is what the server can do, and no queue is overrun.
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum {
    SOCKETS = 16,
    WINDOW = 4,      // requests under way on each socket
    REQUEST = 20,    // bytes
    LARGEST = 1500,  // bytes of an answer
    BUCKETS = 200000 // of the latency histogram, one a microsecond
};
static const uint64_t SECOND = 1000000000ull;
static const uint64_t LOST_AFTER = 200000000ull; // ns

struct client {
    int socket;
    uint16_t port;
    int under_way;
    uint64_t last; // when it last sent or received, ns
};

struct totals {
    uint64_t sent, answered, wrong, lost, bytes;
    uint32_t latency[BUCKETS];
};

static struct client clients[SOCKETS];
static struct totals totals;
static uint8_t requests[WINDOW][REQUEST], answers[WINDOW][LARGEST];
static struct mmsghdr outgoing[WINDOW], incoming[WINDOW];
static struct iovec outgoing_parts[WINDOW], incoming_parts[WINDOW];

static uint64_t now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return time.tv_sec * SECOND + time.tv_nsec;
}

static uint16_t read16(const uint8_t *bytes) { return bytes[0] << 8 | bytes[1]; }
static uint32_t read32(const uint8_t *bytes) { return (uint32_t)read16(bytes) << 16 | read16(bytes + 2); }

static void prepare_messages(void) {
    static const uint8_t header[8] = {0, 1, 0, 0, 0x21, 0x12, 0xA4, 0x42};
    for (int i = 0; i < WINDOW; i++) {
        memcpy(requests[i], header, sizeof header);
        outgoing_parts[i] = (struct iovec){requests[i], REQUEST};
        incoming_parts[i] = (struct iovec){answers[i], LARGEST};
        outgoing[i].msg_hdr = (struct msghdr){.msg_iov = &outgoing_parts[i], .msg_iovlen = 1};
        incoming[i].msg_hdr = (struct msghdr){.msg_iov = &incoming_parts[i], .msg_iovlen = 1};
    }
}

static void open_clients(uint16_t port, int poll) {
    struct sockaddr_in server = {.sin_family = AF_INET, .sin_port = htons(port)};
    struct sockaddr_in own = {.sin_family = AF_INET};
    socklen_t size = sizeof own;
    server.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    for (int i = 0; i < SOCKETS; i++) {
        struct epoll_event event = {.events = EPOLLIN, .data.ptr = &clients[i]};
        int fd = socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK, 0);
        if (fd < 0 || connect(fd, (struct sockaddr *)&server, sizeof server) ||
            getsockname(fd, (struct sockaddr *)&own, &size) ||
            epoll_ctl(poll, EPOLL_CTL_ADD, fd, &event)) {
            perror("stunload");
            exit(1);
        }
        clients[i] = (struct client){.socket = fd, .port = ntohs(own.sin_port)};
    }
}

// The transaction ID holds a serial number and the time of sending.
static void fill_window(struct client *client) {
    static uint32_t serial;
    uint64_t time = now();
    if (client->under_way && time - client->last > LOST_AFTER) {
        totals.lost += client->under_way;
        client->under_way = 0;
    }
    int room = WINDOW - client->under_way;
    for (int i = 0; i < room; i++) {
        memcpy(requests[i] + 8, &serial, sizeof serial);
        memcpy(requests[i] + 12, &time, sizeof time);
        serial++;
    }
    int sent = room ? sendmmsg(client->socket, outgoing, room, 0) : 0;
    if (sent > 0) {
        totals.sent += sent;
        client->under_way += sent;
        client->last = time;
    }
}

static int tells_our_address(const uint8_t *answer, size_t size, const struct client *client) {
    if (size < REQUEST || read16(answer) != 0x0101 || (size_t)read16(answer + 2) + REQUEST != size)
        return 0;
    for (size_t at = REQUEST; at + 4 <= size; at += 4 + ((read16(answer + at + 2) + 3) & ~3u)) {
        if (read16(answer + at) != 0x0020 || at + 12 > size)
            continue;
        uint16_t port = read16(answer + at + 6) ^ 0x2112;
        return port == client->port && (read32(answer + at + 8) ^ 0x2112A442) == INADDR_LOOPBACK;
    }
    return 0;
}

static void take_answers(struct client *client) {
    int received = recvmmsg(client->socket, incoming, WINDOW, 0, NULL);
    uint64_t time = now(), sent_at;
    for (int i = 0; i < received; i++) {
        if (!tells_our_address(answers[i], incoming[i].msg_len, client)) {
            totals.wrong++;
            continue;
        }
        memcpy(&sent_at, answers[i] + 12, sizeof sent_at);
        uint64_t latency = (time - sent_at) / 1000;
        totals.latency[latency < BUCKETS ? latency : BUCKETS - 1]++;
        totals.answered++;
        totals.bytes += incoming[i].msg_len;
        if (client->under_way > 0)
            client->under_way--;
    }
    client->last = time;
}

static int percentile(double share) {
    uint64_t seen = 0;
    for (int i = 0; i < BUCKETS; i++)
        if ((seen += totals.latency[i]) >= totals.answered * share)
            return i;
    return BUCKETS;
}

int main(int count, char **arguments) {
    if (count != 3) {
        fprintf(stderr, "usage: stunload PORT SECONDS\n");
        return 2;
    }
    struct epoll_event events[SOCKETS];
    int poll = epoll_create1(0);
    prepare_messages();
    open_clients(atoi(arguments[1]), poll);
    uint64_t start = now(), end = start + (uint64_t)(atof(arguments[2]) * SECOND);
    while (now() < end) {
        for (int i = 0; i < SOCKETS; i++)
            fill_window(&clients[i]);
        int ready = epoll_wait(poll, events, SOCKETS, 20);
        for (int i = 0; i < ready; i++)
            take_answers(events[i].data.ptr);
    }
    printf("{\"seconds\": %.6f, \"sent\": %lu, \"answered\": %lu, \"wrong\": %lu, \"lost\": %lu, "
           "\"bytes\": %lu, \"p50_us\": %d, \"p99_us\": %d}\n",
           (now() - start) / (double)SECOND, totals.sent, totals.answered, totals.wrong, totals.lost,
           totals.bytes, percentile(0.5), percentile(0.99));
    return 0;
}
