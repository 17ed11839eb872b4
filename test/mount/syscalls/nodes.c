/* Acts upon nodes: what they are, whose, since when, and their extended attributes. */
#include "../syscalls.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/sysmacros.h>
#include <sys/xattr.h>
#include <time.h>
#include <unistd.h>

#define MOST_VALUE (1 << 20)

static void answer_stat(int result, const struct stat *stats) {
  if (result < 0) {
    answer_result(-1);
    return;
  }
  char size[32] = "", device[32] = "";
  if (S_ISREG(stats->st_mode) || S_ISLNK(stats->st_mode))
    snprintf(size, sizeof size, " size=%lld", (long long)stats->st_size);
  if (S_ISCHR(stats->st_mode) || S_ISBLK(stats->st_mode))
    snprintf(device, sizeof device, " device=%u:%u", major(stats->st_rdev), minor(stats->st_rdev));
  answer("%s %o %u:%u links=%lu%s%s", kind_of(stats->st_mode), stats->st_mode & 07777, stats->st_uid, stats->st_gid,
         (unsigned long)stats->st_nlink, size, device);
}

static void act_stat(char **word, int count) {
  struct stat stats;
  answer_stat(stat(PATH(1), &stats), &stats);
}

static void act_lstat(char **word, int count) {
  struct stat stats;
  answer_stat(lstat(PATH(1), &stats), &stats);
}

static void act_fstat(char **word, int count) {
  struct stat stats;
  answer_stat(fstat(SLOT(1), &stats), &stats);
}

static void act_moved(char **word, int count) {
  struct stat stats;
  if (lstat(PATH(1), &stats) < 0) answer_result(-1);
  else answer("%s", moved(&stats));
}

static void act_fmoved(char **word, int count) {
  struct stat stats;
  if (fstat(SLOT(1), &stats) < 0) answer_result(-1);
  else answer("%s", moved(&stats));
}

static void act_times(char **word, int count) {
  struct stat stats;
  if (lstat(PATH(1), &stats) < 0) answer_result(-1);
  else
    answer("%lld.%09ld %lld.%09ld", (long long)stats.st_atim.tv_sec, stats.st_atim.tv_nsec,
           (long long)stats.st_mtim.tv_sec, stats.st_mtim.tv_nsec);
}

/* Whether a node is as new as it looks. */
static void act_alike(char **word, int count) {
  struct stat stats;
  if (lstat(PATH(1), &stats) < 0) answer_result(-1);
  else {
    bool alike = same_time(stats.st_atim, stats.st_mtim) && same_time(stats.st_mtim, stats.st_ctim);
    answer("%s", alike ? "alike" : "apart");
  }
}

static void act_utimens(char **word, int count) {
  struct timespec times[2] = {time_of(word[2]), time_of(word[3])};
  answer_result(utimensat(AT_FDCWD, PATH(1), times, count > 4 ? AT_SYMLINK_NOFOLLOW : 0));
}

/* Without times, which is another right than with two that are now. */
static void act_touch(char **word, int count) {
  answer_result(utimensat(AT_FDCWD, PATH(1), NULL, 0));
}

static void act_futimens(char **word, int count) {
  struct timespec times[2] = {time_of(word[2]), time_of(word[3])};
  answer_result(futimens(SLOT(1), times));
}

static void act_chmod(char **word, int count) {
  answer_result(chmod(PATH(1), mode_of(word[2])));
}

static void act_fchmod(char **word, int count) {
  answer_result(fchmod(SLOT(1), mode_of(word[2])));
}

static void act_chown(char **word, int count) {
  answer_result(chown(PATH(1), (uid_t)NUMBER(2), (gid_t)NUMBER(3)));
}

static void act_lchown(char **word, int count) {
  answer_result(lchown(PATH(1), (uid_t)NUMBER(2), (gid_t)NUMBER(3)));
}

static void act_fchown(char **word, int count) {
  answer_result(fchown(SLOT(1), (uid_t)NUMBER(2), (gid_t)NUMBER(3)));
}

static void act_access(char **word, int count) {
  answer_result(access(PATH(1), flags_of(word[2])));
}

static void act_statvfs(char **word, int count) {
  struct statvfs of;
  if (statvfs(PATH(1), &of) < 0) answer_result(-1);
  else {
    bool sound = of.f_bsize > 0 && of.f_frsize > 0 && of.f_bfree <= of.f_blocks && of.f_bavail <= of.f_bfree;
    answer("namemax=%lu %s", of.f_namemax, sound ? "sound" : "odd");
  }
}

/* ---- extended attributes */

static void act_setxattr(char **word, int count) {
  struct bytes value = bytes_of(word[3]);
  answer_result(setxattr(PATH(1), PATH(2), value.at, value.length, count > 4 ? flags_of(word[4]) : 0));
}

static void act_lsetxattr(char **word, int count) {
  struct bytes value = bytes_of(word[3]);
  answer_result(lsetxattr(PATH(1), PATH(2), value.at, value.length, count > 4 ? flags_of(word[4]) : 0));
}

static void act_fsetxattr(char **word, int count) {
  struct bytes value = bytes_of(word[3]);
  answer_result(fsetxattr(SLOT(1), PATH(2), value.at, value.length, count > 4 ? flags_of(word[4]) : 0));
}

/* A size of 0 asks how long the value is. */
static void answer_value(ssize_t length, const char *value, size_t size) {
  if (size == 0) answer_number(length);
  else answer_bytes(value, length);
}

static size_t size_in(char **word, int count, int at) { return count > at ? (size_t)NUMBER(at) : MOST_VALUE; }

static void act_getxattr(char **word, int count) {
  static char value[MOST_VALUE];
  size_t size = size_in(word, count, 3);
  answer_value(getxattr(PATH(1), PATH(2), value, size), value, size);
}

static void act_lgetxattr(char **word, int count) {
  static char value[MOST_VALUE];
  size_t size = size_in(word, count, 3);
  answer_value(lgetxattr(PATH(1), PATH(2), value, size), value, size);
}

static void act_fgetxattr(char **word, int count) {
  static char value[MOST_VALUE];
  size_t size = size_in(word, count, 3);
  answer_value(fgetxattr(SLOT(1), PATH(2), value, size), value, size);
}

static void answer_names(ssize_t length, char *list, size_t size) {
  if (length < 0 || size == 0) {
    answer_number(length);
    return;
  }
  char *names[4096];
  size_t count = 0;
  for (char *name = list; name < list + length; name += strlen(name) + 1)
    if (strcmp(name, "security.selinux") != 0) names[count++] = strdup(escaped(name, strlen(name)));
  answer_sorted(names, count);
}

static void act_listxattr(char **word, int count) {
  static char list[MOST_VALUE];
  size_t size = size_in(word, count, 2);
  answer_names(listxattr(PATH(1), list, size), list, size);
}

static void act_llistxattr(char **word, int count) {
  static char list[MOST_VALUE];
  size_t size = size_in(word, count, 2);
  answer_names(llistxattr(PATH(1), list, size), list, size);
}

static void act_flistxattr(char **word, int count) {
  static char list[MOST_VALUE];
  size_t size = size_in(word, count, 2);
  answer_names(flistxattr(SLOT(1), list, size), list, size);
}

static void act_removexattr(char **word, int count) {
  answer_result(removexattr(PATH(1), PATH(2)));
}

static void act_lremovexattr(char **word, int count) {
  answer_result(lremovexattr(PATH(1), PATH(2)));
}

static void act_fremovexattr(char **word, int count) {
  answer_result(fremovexattr(SLOT(1), PATH(2)));
}

const struct act NODE_ACTS[] = {
    {"stat", "PATH", act_stat},
    {"lstat", "PATH", act_lstat},
    {"fstat", "SLOT", act_fstat},
    {"moved", "PATH", act_moved},
    {"fmoved", "SLOT", act_fmoved},
    {"times", "PATH", act_times},
    {"alike", "PATH", act_alike},
    {"utimens", "PATH TIME TIME [nofollow]", act_utimens},
    {"touch", "PATH", act_touch},
    {"futimens", "SLOT TIME TIME", act_futimens},
    {"chmod", "PATH MODE", act_chmod},
    {"fchmod", "SLOT MODE", act_fchmod},
    {"chown", "PATH UID GID", act_chown},
    {"lchown", "PATH UID GID", act_lchown},
    {"fchown", "SLOT UID GID", act_fchown},
    {"access", "PATH RIGHTS", act_access},
    {"statvfs", "PATH", act_statvfs},
    {"setxattr", "PATH NAME VALUE [FLAGS]", act_setxattr},
    {"lsetxattr", "PATH NAME VALUE [FLAGS]", act_lsetxattr},
    {"fsetxattr", "SLOT NAME VALUE [FLAGS]", act_fsetxattr},
    {"getxattr", "PATH NAME [SIZE]", act_getxattr},
    {"lgetxattr", "PATH NAME [SIZE]", act_lgetxattr},
    {"fgetxattr", "SLOT NAME [SIZE]", act_fgetxattr},
    {"listxattr", "PATH [SIZE]", act_listxattr},
    {"llistxattr", "PATH [SIZE]", act_llistxattr},
    {"flistxattr", "SLOT [SIZE]", act_flistxattr},
    {"removexattr", "PATH NAME", act_removexattr},
    {"lremovexattr", "PATH NAME", act_lremovexattr},
    {"fremovexattr", "SLOT NAME", act_fremovexattr},
    {0},
};
