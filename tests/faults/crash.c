/* LD_PRELOAD: ends the process like a power switch at its N-th change of a file under a folder.
 *
 * PB_DIR      the folder
 * PB_KILL_AT  N: SIGKILL just before the N-th change; without it every change is only counted
 * PB_COUNT    a file outside the folder that holds the number of changes so far, as text
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>
#include <unistd.h>

static const char *folder;
static long changes, kill_at = -1;
static int counter = -1;

static void begin(void)
{
    if (folder)
        return;
    folder = getenv("PB_DIR") ? getenv("PB_DIR") : "/nonexistent";
    if (getenv("PB_KILL_AT"))
        kill_at = atol(getenv("PB_KILL_AT"));
    if (getenv("PB_COUNT"))
        counter = open(getenv("PB_COUNT"), O_CREAT | O_WRONLY | O_TRUNC | O_CLOEXEC, 0600);
}

static int is_inside(const char *path)
{
    size_t length;

    begin();
    length = strlen(folder);
    return strncmp(path, folder, length) == 0 && (path[length] == '/' || path[length] == 0);
}

static int is_open_inside(int fd)
{
    char name[64], path[PATH_MAX];
    ssize_t length;

    snprintf(name, sizeof name, "/proc/self/fd/%d", fd);
    length = readlink(name, path, sizeof path - 1);
    if (length <= 0)
        return 0;
    path[length] = 0;
    return is_inside(path);
}

static void change(void)
{
    char text[32];
    static ssize_t (*put)(int, const void *, size_t, off_t);

    changes++;
    if (changes == kill_at)
        kill(getpid(), SIGKILL);
    if (counter >= 0) {
        if (!put)
            *(void **)&put = dlsym(RTLD_NEXT, "pwrite");
        put(counter, text, snprintf(text, sizeof text, "%ld\n", changes), 0);
    }
}

#define BY_FD(type, name, parameters, arguments)                   \
    type name parameters                                           \
    {                                                              \
        static type(*original) parameters;                         \
        if (!original)                                             \
            *(void **)&original = dlsym(RTLD_NEXT, #name);         \
        if (is_open_inside(fd))                                    \
            change();                                              \
        return original arguments;                                 \
    }

#define BY_PATH(name, parameters, arguments)                       \
    int name parameters                                            \
    {                                                              \
        static int(*original) parameters;                          \
        if (!original)                                             \
            *(void **)&original = dlsym(RTLD_NEXT, #name);         \
        if (is_inside(path))                                       \
            change();                                              \
        return original arguments;                                 \
    }

BY_FD(ssize_t, write, (int fd, const void *data, size_t size), (fd, data, size))
BY_FD(ssize_t, pwrite, (int fd, const void *data, size_t size, off_t at), (fd, data, size, at))
BY_FD(ssize_t, pwrite64, (int fd, const void *data, size_t size, off64_t at), (fd, data, size, at))
BY_FD(int, fsync, (int fd), (fd))
BY_FD(int, fdatasync, (int fd), (fd))
BY_FD(int, ftruncate, (int fd, off_t size), (fd, size))
BY_FD(int, ftruncate64, (int fd, off64_t size), (fd, size))
BY_PATH(unlink, (const char *path), (path))
BY_PATH(rename, (const char *path, const char *to), (path, to))
BY_PATH(mkdir, (const char *path, mode_t mode), (path, mode))
