/* Acts upon names: what is made, moved, removed and listed. */
#include "../syscalls.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <sys/un.h>
#include <unistd.h>

static void act_mkdir(char **word, int count) {
  answer_result(mkdir(PATH(1), mode_of(word[2])));
}

static void act_rmdir(char **word, int count) {
  answer_result(rmdir(PATH(1)));
}

static void act_unlink(char **word, int count) {
  answer_result(unlink(PATH(1)));
}

static void act_rename(char **word, int count) {
  answer_result(count > 3 ? renameat2(AT_FDCWD, PATH(1), AT_FDCWD, PATH(2), (unsigned)flags_of(word[3]))
                          : rename(PATH(1), PATH(2)));
}

static void act_link(char **word, int count) {
  answer_result(link(PATH(1), PATH(2)));
}

static void act_linkaim(char **word, int count) {
  answer_result(linkat(AT_FDCWD, PATH(1), AT_FDCWD, PATH(2), AT_SYMLINK_FOLLOW));
}

static void act_flink(char **word, int count) {
  char place[64];
  snprintf(place, sizeof place, "/proc/self/fd/%d", SLOT(1));
  answer_result(linkat(AT_FDCWD, place, AT_FDCWD, PATH(2), AT_SYMLINK_FOLLOW));
}

static void act_symlink(char **word, int count) {
  answer_result(symlink(PATH(1), PATH(2)));
}

static void act_readlink(char **word, int count) {
  char into[2 * PATH_MAX];
  answer_bytes(into, readlink(PATH(1), into, count > 2 ? (size_t)NUMBER(2) : sizeof into));
}

static void act_mknod(char **word, int count) {
  dev_t device = count > 5 ? makedev((unsigned)NUMBER(4), (unsigned)NUMBER(5)) : 0;
  answer_result(mknod(PATH(1), type_of(word[2]) | mode_of(word[3]), device));
}

static int with_socket(const char *path, bool binds) {
  struct sockaddr_un address = {.sun_family = AF_UNIX};
  if (strlen(path) >= sizeof address.sun_path) usage("the path is too long for a socket");
  strcpy(address.sun_path, path);
  int fd = socket(AF_UNIX, SOCK_STREAM, 0);
  int result = binds ? bind(fd, (struct sockaddr *)&address, sizeof address)
                     : connect(fd, (struct sockaddr *)&address, sizeof address);
  /* Stays open with the case: a socket listens as long as its process has it. */
  return result < 0 || !binds ? result : listen(fd, 1);
}

static void act_bind(char **word, int count) {
  answer_result(with_socket(PATH(1), true));
}

static void act_connect(char **word, int count) {
  answer_result(with_socket(PATH(1), false));
}

/* ---- what a case begins with: its mode is as told, whatever the umask */

static void act_file(char **word, int count) {
  int fd = open(PATH(1), O_WRONLY | O_CREAT | O_EXCL, 0600);
  struct bytes bytes = bytes_of(count > 3 ? word[3] : "data");
  bool failed = fd < 0 || (bytes.length > 0 && write(fd, bytes.at, bytes.length) != (ssize_t)bytes.length) ||
                fchmod(fd, count > 2 ? mode_of(word[2]) : 0644) < 0 || close(fd) < 0;
  answer_result(failed ? -1 : 0);
}

static void act_dir(char **word, int count) {
  bool failed = mkdir(PATH(1), 0700) < 0 || chmod(PATH(1), count > 2 ? mode_of(word[2]) : 0755) < 0;
  answer_result(failed ? -1 : 0);
}

static void act_many(char **word, int count) {
  char name[NAME_MAX + 1];
  for (long long i = 0; i < NUMBER(2); i++) {
    snprintf(name, sizeof name, "%s%05lld", PATH(1), i);
    int fd = open(name, O_WRONLY | O_CREAT | O_EXCL, 0644);
    if (fd < 0) {
      answer_result(-1);
      return;
    }
    close(fd);
  }
  answer_result(0);
}

/* ---- listings */

struct entry {
  uint64_t number;
  int64_t offset;
  unsigned short length;
  unsigned char type;
  char name[];
};

/* Of an open folder, from where it is: each name with its kind. Or does something to each in the middle of it. */
static void answer_listing(int fd, const char *prefix, bool removes) {
  char buffer[32768];
  char **names = NULL;
  size_t count = 0;
  for (;;) {
    long length = syscall(SYS_getdents64, fd, buffer, sizeof buffer);
    if (length < 0) {
      answer_result(-1);
      return;
    }
    if (length == 0) break;
    for (long at = 0; at < length;) {
      struct entry *entry = (struct entry *)(buffer + at);
      at += entry->length;
      bool is_dots = strcmp(entry->name, ".") == 0 || strcmp(entry->name, "..") == 0;
      names = realloc(names, (count + 1) * sizeof *names);
      if (asprintf(&names[count++], "%s%s:%s", prefix, escaped(entry->name, strlen(entry->name)),
                   entry->type == 0 ? "untold" : kind_of((mode_t)entry->type << 12)) < 0)
        abort();
      if (removes && !is_dots && unlinkat(fd, entry->name, 0) < 0) {
        answer_result(-1);
        return;
      }
    }
  }
  answer_sorted(names, count);
}

static void act_list(char **word, int count) {
  int fd = open(PATH(1), O_RDONLY | O_DIRECTORY);
  if (fd < 0) {
    answer_result(-1);
    return;
  }
  answer_listing(fd, "", false);
  close(fd);
}

static void act_flist(char **word, int count) {
  answer_listing(SLOT(1), "", false);
}

/* As rm -r does: each name is removed while the others are still to be listed. */
static void act_drain(char **word, int count) {
  answer_listing(SLOT(1), "", true);
}

/* The first bytes of a listing, in the order in which they come; says only whether there were any. */
static void act_begin(char **word, int count) {
  char buffer[1024];
  long length = syscall(SYS_getdents64, SLOT(1), buffer, sizeof buffer);
  answer("%s", length < 0 ? error_name() : length > 0 ? "some" : "none");
}

const struct act NAME_ACTS[] = {
    {"mkdir", "PATH MODE", act_mkdir},
    {"rmdir", "PATH", act_rmdir},
    {"unlink", "PATH", act_unlink},
    {"rename", "PATH PATH [FLAGS]", act_rename},
    {"link", "PATH PATH", act_link},
    {"linkaim", "PATH PATH", act_linkaim},
    {"flink", "SLOT PATH", act_flink},
    {"symlink", "TARGET PATH", act_symlink},
    {"readlink", "PATH [SIZE]", act_readlink},
    {"mknod", "PATH TYPE MODE [MAJOR MINOR]", act_mknod},
    {"bind", "PATH", act_bind},
    {"connect", "PATH", act_connect},
    {"file", "PATH [MODE BYTES]", act_file},
    {"dir", "PATH [MODE]", act_dir},
    {"many", "PREFIX NUMBER", act_many},
    {"list", "PATH", act_list},
    {"flist", "SLOT", act_flist},
    {"drain", "SLOT", act_drain},
    {"begin", "SLOT", act_begin},
    {0},
};
