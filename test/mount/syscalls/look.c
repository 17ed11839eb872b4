/*
 * What a case has made of its folder, as far as file systems can be compared: numbers of nodes become the first path of
 * the node, times become whether they moved since mark(). Reads everything without moving a time itself.
 */
#include "../syscalls.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <time.h>
#include <unistd.h>

/* Of a long file the first and the last bytes are told. */
#define END_BYTES 65536
/* Whose numbers a file system may give again is held open, as far as a process may have so many. */
#define MOST_HELD 500
#define MOST_SEEN 8192
/* A clock that tells milliseconds has gone on, too. */
#define BEYOND_TICK_NS 2000000

struct seen {
  dev_t device;
  ino_t number;
  struct timespec atime, mtime, ctime;
  char *path;
};
static struct seen marked[MOST_SEEN];
static size_t marked_count;
static int held[MOST_HELD];
static size_t held_count;

/* A visit of one node. */
typedef void visitor(int folder, const char *name, const char *path, const struct stat *stats);

static char *joined(const char *path, const char *name) {
  if (strcmp(path, ".") == 0) return strdup(name);
  char *whole;
  if (asprintf(&whole, "%s/%s", path, name) < 0) abort();
  return whole;
}

static size_t names_in(int folder, char ***names) {
  DIR *stream = fdopendir(dup(folder));
  if (stream == NULL) usage("a folder cannot be listed");
  rewinddir(stream);
  size_t count = 0;
  *names = NULL;
  for (struct dirent *entry; (entry = readdir(stream)) != NULL;) {
    if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0) continue;
    *names = realloc(*names, (count + 1) * sizeof **names);
    (*names)[count++] = strdup(entry->d_name);
  }
  closedir(stream);
  qsort(*names, count, sizeof **names, by_bytes);
  return count;
}

static void walk(int parent, const char *name, const char *path, visitor *visit) {
  struct stat stats;
  if (fstatat(parent, name, &stats, AT_SYMLINK_NOFOLLOW) < 0) {
    printf("  %s %s\n", escaped(path, strlen(path)), error_name());
    return;
  }
  visit(parent, name, path, &stats);
  if (!S_ISDIR(stats.st_mode)) return;
  int folder = openat(parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_NOATIME);
  if (folder < 0) {
    printf("  %s %s\n", escaped(path, strlen(path)), error_name());
    return;
  }
  char **names;
  size_t count = names_in(folder, &names);
  for (size_t i = 0; i < count; i++) {
    char *whole = joined(path, names[i]);
    walk(folder, names[i], whole, visit);
    free(whole);
    free(names[i]);
  }
  free(names);
  close(folder);
}

static void let_clock_tick(void) {
  struct timespec before, now;
  clock_gettime(CLOCK_REALTIME_COARSE, &before);
  do {
    nanosleep(&(struct timespec){0, BEYOND_TICK_NS / 4}, NULL);
    clock_gettime(CLOCK_REALTIME_COARSE, &now);
  } while (now.tv_sec == before.tv_sec && now.tv_nsec == before.tv_nsec);
  nanosleep(&(struct timespec){0, BEYOND_TICK_NS}, NULL);
}

static struct seen *seen_of(const struct stat *stats) {
  for (size_t i = 0; i < marked_count; i++)
    if (marked[i].number == stats->st_ino && marked[i].device == stats->st_dev) return &marked[i];
  return NULL;
}

static void remember(int folder, const char *name, const char *path, const struct stat *stats) {
  if (marked_count == MOST_SEEN) usage("there is too much to look at");
  marked[marked_count++] = (struct seen){
      .device = stats->st_dev,
      .number = stats->st_ino,
      .atime = stats->st_atim,
      .mtime = stats->st_mtim,
      .ctime = stats->st_ctim,
      .path = strdup(path),
  };
  if (held_count == MOST_HELD) return;
  int fd = openat(folder, name, O_PATH | O_NOFOLLOW | O_CLOEXEC);
  if (fd >= 0) held[held_count++] = fd;
}

void mark(int folder) {
  while (held_count > 0) close(held[--held_count]);
  marked_count = 0;
  walk(folder, ".", ".", remember);
  let_clock_tick();
}

bool same_time(struct timespec a, struct timespec b) { return a.tv_sec == b.tv_sec && a.tv_nsec == b.tv_nsec; }

const char *moved(const struct stat *stats) {
  static char text[4];
  const struct seen *before = seen_of(stats);
  if (before == NULL) return "new";
  snprintf(text, sizeof text, "%c%c%c", same_time(before->atime, stats->st_atim) ? '-' : 'a',
           same_time(before->mtime, stats->st_mtim) ? '-' : 'm', same_time(before->ctime, stats->st_ctim) ? '-' : 'c');
  return text;
}

static void show_bytes(int folder, const char *name, off_t size) {
  int fd = openat(folder, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOATIME);
  if (fd < 0) {
    printf(" %s", error_name());
    return;
  }
  char *bytes = malloc(2 * END_BYTES);
  ssize_t first = pread(fd, bytes, END_BYTES, 0);
  ssize_t last = size <= END_BYTES ? 0 : pread(fd, bytes + END_BYTES, END_BYTES, size - END_BYTES);
  if (first < 0 || last < 0) printf(" %s", error_name());
  else {
    printf(" \"%s\"", described(bytes, (size_t)first));
    if (last > 0) printf(" … \"%s\"", described(bytes + END_BYTES, (size_t)last));
  }
  free(bytes);
  close(fd);
}

static void show_attributes(int folder, const char *name) {
  /* There is no call for what lies in an open folder. */
  char place[64 + NAME_MAX + 1], names[65536], value[65536];
  snprintf(place, sizeof place, "/proc/self/fd/%d/%s", folder, name);
  ssize_t length = llistxattr(place, names, sizeof names);
  if (length < 0 && errno != EOPNOTSUPP) printf(" %s", error_name());
  char *sorted[1024];
  size_t count = 0;
  for (ssize_t at = 0; at < length && count < 1024; at += (ssize_t)strlen(names + at) + 1) sorted[count++] = names + at;
  qsort(sorted, count, sizeof *sorted, by_bytes);
  for (size_t i = 0; i < count; i++) {
    /* The system's own label, not the case's. */
    if (strcmp(sorted[i], "security.selinux") == 0) continue;
    ssize_t size = lgetxattr(place, sorted[i], value, sizeof value);
    printf(" %s=", escaped(sorted[i], strlen(sorted[i])));
    printf("\"%s\"", size < 0 ? error_name() : described(value, (size_t)size));
  }
}

static struct seen shown[MOST_SEEN];
static size_t shown_count;

static void show(int folder, const char *name, const char *path, const struct stat *stats) {
  printf("  %s %s %o %u:%u links=%lu", escaped(path, strlen(path)), kind_of(stats->st_mode), stats->st_mode & 07777,
         stats->st_uid, stats->st_gid, (unsigned long)stats->st_nlink);
  for (size_t i = 0; i < shown_count; i++) {
    if (shown[i].number != stats->st_ino || shown[i].device != stats->st_dev) continue;
    printf(" same-as=%s", escaped(shown[i].path, strlen(shown[i].path)));
    break;
  }
  if (shown_count < MOST_SEEN)
    shown[shown_count++] = (struct seen){.device = stats->st_dev, .number = stats->st_ino, .path = strdup(path)};
  if (S_ISCHR(stats->st_mode) || S_ISBLK(stats->st_mode)) printf(" device=%llx", (unsigned long long)stats->st_rdev);
  if (S_ISREG(stats->st_mode)) {
    printf(" size=%lld", (long long)stats->st_size);
    show_bytes(folder, name, stats->st_size);
  }
  if (S_ISLNK(stats->st_mode)) {
    char target[PATH_MAX];
    ssize_t length = readlinkat(folder, name, target, sizeof target);
    printf(" size=%lld ->%s", (long long)stats->st_size, length < 0 ? error_name() : described(target, (size_t)length));
  }
  show_attributes(folder, name);
  const char *times = moved(stats);
  /* Reading may move the time of access or not, so who is about it asks by itself. */
  printf(" %s\n", strcmp(times, "new") == 0 ? times : times + 1);
}

void look(int folder) {
  shown_count = 0;
  walk(folder, ".", ".", show);
  fflush(stdout);
}
