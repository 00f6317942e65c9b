/* LD_PRELOAD: stands between a process and its disk, for the files of one folder.
 *
 * disk_watch(folder, log)  from now on: watch this folder; note every change in the file `log`
 *                          (a descriptor, -1 for none); begin to count at 0
 * disk_kill_at(n)          SIGKILL just before the n-th change
 * disk_changes()           how many there were
 * disk_say(text)           note in the log that this was said to somebody outside
 *
 * PB_DIR and PB_AIL do without calls: while the file PB_AIL exists, every change in the folder
 * PB_DIR fails with the error number that the file holds as text.
 *
 * A record of the log, without padding: operation (1 byte: W write, T truncate, S sync, C create,
 * M rename, U unlink, D mkdir, A said), length of the path (2), offset (8), size (4), path, data.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <unistd.h>

static char folder[PATH_MAX];
static long changes, kill_at = -1;
static int record_to = -1;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

#define REAL(type, name, ...)                                      \
    static type (*real)(__VA_ARGS__);                              \
    if (!real)                                                     \
        *(void **)&real = dlsym(RTLD_NEXT, name)

static void put(const void *data, size_t size)
{
    REAL(ssize_t, "write", int, const void *, size_t);
    while (size > 0) {
        ssize_t done = real(record_to, data, size);
        if (done <= 0)
            abort();
        data = (const char *)data + done;
        size -= done;
    }
}

static void record(char operation, const char *path, uint64_t at, const void *data, uint32_t size)
{
    uint16_t length = strlen(path);

    if (record_to < 0)
        return;
    pthread_mutex_lock(&lock);
    put(&operation, 1);
    put(&length, 2);
    put(&at, 8);
    put(&size, 4);
    put(path, length);
    put(data, size);
    pthread_mutex_unlock(&lock);
}

void disk_watch(const char *path, int log)
{
    snprintf(folder, sizeof folder, "%s", path);
    record_to = log;
    changes = 0;
    kill_at = -1;
}

void disk_kill_at(long number) { kill_at = number; }

long disk_changes(void) { return changes; }

void disk_say(const char *text) { record('A', "", 0, text, strlen(text)); }

__attribute__((constructor)) static void begin(void)
{
    if (getenv("PB_DIR"))
        disk_watch(getenv("PB_DIR"), -1);
}

static int is_inside(const char *path)
{
    size_t length = strlen(folder);
    return length > 0 && strncmp(path, folder, length) == 0
        && (path[length] == '/' || path[length] == 0);
}

/* The path behind a descriptor, if it is inside. */
static int path_of(int fd, char path[PATH_MAX])
{
    char name[64];
    ssize_t length;

    if (!folder[0])
        return 0;
    snprintf(name, sizeof name, "/proc/self/fd/%d", fd);
    length = readlink(name, path, PATH_MAX - 1);
    if (length <= 0)
        return 0;
    path[length] = 0;
    return is_inside(path);
}

/* What the disk says to a change: 0, or an error number. Doesn't return where it kills. */
static int verdict(void)
{
    const char *ail = getenv("PB_AIL");
    char text[16] = "";
    int fd;

    if (__sync_add_and_fetch(&changes, 1) == kill_at) {
        kill(getpid(), SIGKILL);
        for (;;)
            pause();
    }
    if (!ail || (fd = open(ail, O_RDONLY | O_CLOEXEC)) < 0)
        return 0;
    if (read(fd, text, sizeof text - 1) < 0)
        text[0] = 0;
    close(fd);
    return atoi(text);
}

static int refused(void)
{
    int error = verdict();
    if (error)
        errno = error;
    return error;
}

#define WRITES(name, offset_type)                                                           \
    ssize_t name(int fd, const void *data, size_t size, offset_type at)                     \
    {                                                                                       \
        char path[PATH_MAX];                                                                \
        REAL(ssize_t, #name, int, const void *, size_t, offset_type);                       \
        if (path_of(fd, path)) {                                                            \
            if (refused())                                                                  \
                return -1;                                                                  \
            record('W', path, at, data, size);                                              \
        }                                                                                   \
        return real(fd, data, size, at);                                                    \
    }

WRITES(pwrite, off_t)
WRITES(pwrite64, off64_t)

ssize_t write(int fd, const void *data, size_t size)
{
    char path[PATH_MAX];
    REAL(ssize_t, "write", int, const void *, size_t);
    if (path_of(fd, path)) {
        if (refused())
            return -1;
        record('W', path, lseek(fd, 0, SEEK_CUR), data, size);
    }
    return real(fd, data, size);
}

#define SYNCS(name)                                                                         \
    int name(int fd)                                                                        \
    {                                                                                       \
        char path[PATH_MAX];                                                                \
        int result, inside;                                                                 \
        REAL(int, #name, int);                                                              \
        inside = path_of(fd, path);                                                         \
        if (inside && refused())                                                            \
            return -1;                                                                      \
        result = real(fd);                                                                  \
        if (inside && result == 0)                                                          \
            record('S', path, 0, "", 0);                                                    \
        return result;                                                                      \
    }

SYNCS(fsync)
SYNCS(fdatasync)

#define TRUNCATES(name, offset_type)                                                        \
    int name(int fd, offset_type size)                                                      \
    {                                                                                       \
        char path[PATH_MAX];                                                                \
        REAL(int, #name, int, offset_type);                                                 \
        if (path_of(fd, path)) {                                                            \
            if (refused())                                                                  \
                return -1;                                                                  \
            record('T', path, size, "", 0);                                                 \
        }                                                                                   \
        return real(fd, size);                                                              \
    }

TRUNCATES(ftruncate, off_t)
TRUNCATES(ftruncate64, off64_t)

/* Only what makes a new file is a change. */
#define OPENS(name)                                                                         \
    int name(const char *path, int flags, ...)                                              \
    {                                                                                       \
        mode_t mode = 0;                                                                    \
        va_list rest;                                                                       \
        REAL(int, #name, const char *, int, mode_t);                                        \
        va_start(rest, flags);                                                              \
        if (flags & O_CREAT || (flags & O_TMPFILE) == O_TMPFILE)                            \
            mode = va_arg(rest, mode_t);                                                    \
        va_end(rest);                                                                       \
        if (folder[0] && (flags & O_CREAT) && is_inside(path) && access(path, F_OK) != 0) { \
            if (refused())                                                                  \
                return -1;                                                                  \
            record('C', path, 0, "", 0);                                                    \
        }                                                                                   \
        return real(path, flags, mode);                                                     \
    }

OPENS(open)
OPENS(open64)

int unlink(const char *path)
{
    REAL(int, "unlink", const char *);
    if (folder[0] && is_inside(path) && access(path, F_OK) == 0) {
        if (refused())
            return -1;
        record('U', path, 0, "", 0);
    }
    return real(path);
}

int rename(const char *path, const char *to)
{
    REAL(int, "rename", const char *, const char *);
    if (folder[0] && is_inside(path)) {
        if (refused())
            return -1;
        record('M', path, 0, to, strlen(to));
    }
    return real(path, to);
}

int mkdir(const char *path, mode_t mode)
{
    REAL(int, "mkdir", const char *, mode_t);
    if (folder[0] && is_inside(path)) {
        if (refused())
            return -1;
        record('D', path, 0, "", 0);
    }
    return real(path, mode);
}
