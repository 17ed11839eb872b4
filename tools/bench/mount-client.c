// Who works in the folders of mount.mjs, which builds it: the same few system calls, whatever they are asked of.
//   mount-client write|over FILE BLOCK BYTES      a new file; bytes in place of those that are there
//   mount-client read FILE BLOCK                  from end to end
//   mount-client here FILE BLOCK COUNT            so many blocks, here and there
//   mount-client make|get FOLDER BYTES COUNT      so many files of so many bytes, named by their numbers
//   mount-client stat|remove FOLDER 0 COUNT
//   mount-client list FOLDER                      names, and what lstat says of each
// Prints the seconds that it took. Bytes are no zeros, which a file system may treat as nothing.
#include <dirent.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

static const char *place;
static size_t block;
static long long amount;
static char *buffer;

static double seconds(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return now.tv_sec + now.tv_nsec / 1e9;
}

// Always the same numbers.
static uint64_t next_random(void) {
  static uint64_t state = 0x9e3779b97f4a7c15;
  state ^= state << 13;
  state ^= state >> 7;
  return state ^= state << 17;
}

static void check(int holds, const char *what) {
  if (holds) return;
  perror(what);
  exit(1);
}

static int opened(const char *file, int flags) {
  int descriptor = open(file, flags, 0644);
  check(descriptor >= 0, file);
  return descriptor;
}

static void put(int flags) {
  int file = opened(place, O_WRONLY | flags);
  for (long long at = 0; at < amount; at += block) check(write(file, buffer, block) == (ssize_t)block, "write");
  check(close(file) == 0, "close");
}

static void take(void) {
  int file = opened(place, O_RDONLY);
  ssize_t got;
  while ((got = read(file, buffer, block)) > 0) continue;
  check(got == 0, "read");
  close(file);
}

static void take_here(void) {
  int file = opened(place, O_RDONLY);
  struct stat facts;
  check(fstat(file, &facts) == 0, "fstat");
  for (long long n = 0; n < amount; n++)
    check(pread(file, buffer, block, next_random() % (facts.st_size - block)) == (ssize_t)block, "pread");
  close(file);
}

static void list(void) {
  DIR *folder = opendir(".");
  check(folder != NULL, "opendir");
  struct stat facts;
  for (struct dirent *entry; (entry = readdir(folder)) != NULL;) check(lstat(entry->d_name, &facts) == 0, "lstat");
  closedir(folder);
}

static void each(const char *job) {
  char name[32];
  struct stat facts;
  for (long long n = 0; n < amount; n++) {
    snprintf(name, sizeof name, "%lld", n);
    if (strcmp(job, "stat") == 0) check(stat(name, &facts) == 0, "stat");
    else if (strcmp(job, "remove") == 0) check(unlink(name) == 0, "unlink");
    else {
      int file = opened(name, strcmp(job, "make") == 0 ? O_WRONLY | O_CREAT | O_EXCL : O_RDONLY);
      ssize_t done = strcmp(job, "make") == 0 ? write(file, buffer, block) : read(file, buffer, block);
      check(done == (ssize_t)block, job);
      check(close(file) == 0, "close");
    }
  }
}

int main(int count, char **words) {
  if (count < 3) return 2;
  const char *job = words[1];
  place = words[2];
  block = count > 3 ? strtoull(words[3], NULL, 10) : 0;
  amount = count > 4 ? strtoll(words[4], NULL, 10) : 0;
  buffer = malloc(block + 8);
  check(buffer != NULL, "malloc");
  for (size_t at = 0; at < block; at += 8) memcpy(buffer + at, &(uint64_t){next_random()}, 8);
  struct stat facts;
  if (stat(place, &facts) == 0 && S_ISDIR(facts.st_mode)) check(chdir(place) == 0, "chdir");
  double start = seconds();
  if (strcmp(job, "write") == 0) put(O_CREAT | O_EXCL);
  else if (strcmp(job, "over") == 0) put(0);
  else if (strcmp(job, "read") == 0) take();
  else if (strcmp(job, "here") == 0) take_here();
  else if (strcmp(job, "list") == 0) list();
  else each(job);
  printf("%.6f\n", seconds() - start);
  return 0;
}
