// The counterparts of the kernels in C, built and run by kernel-peers.mjs: kernels OPERATION FILE ITEMS
// FILE holds 32-bit words: one fingerprint of ITEMS items, then any number of others of the same length; for
// `decompress` any number of compressed ones of ITEMS items, each behind the number of its bytes; for `fft` samples.
// Prints CPU seconds for one turn, which is one pair, one fingerprint, one transform, and what was counted over all.
#include <dlfcn.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { THRESHOLD = 11, FFT_SIZE = 512 };
static const double LEAST_SECONDS = 0.3;

static uint32_t *words;
static size_t word_count;
static size_t items;

static double cpu_seconds(void) {
  struct timespec now;
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
  return now.tv_sec + now.tv_nsec / 1e9;
}

// As anybody would write it; what the compiler makes of it is what is measured.
static uint64_t differing(const uint32_t *restrict a, const uint32_t *restrict b) {
  uint64_t bits = 0;
  for (size_t i = 0; i < items; i++) bits += __builtin_popcount(a[i] ^ b[i]);
  return bits;
}

static uint64_t differing_by_two(const uint32_t *restrict a, const uint32_t *restrict b) {
  uint64_t bits = 0;
  for (size_t i = 0; i + 1 < items; i += 2) {
    uint64_t x, y;
    memcpy(&x, a + i, 8);
    memcpy(&y, b + i, 8);
    bits += __builtin_popcountll(x ^ y);
  }
  if (items & 1) bits += __builtin_popcount(a[items - 1] ^ b[items - 1]);
  return bits;
}

static uint64_t sum_of(const uint32_t *restrict a, const uint32_t *restrict b) {
  (void)a;
  uint64_t sum = 0;
  for (size_t i = 0; i < items; i++) sum += b[i];
  return sum;
}

static uint64_t best_stretch(const uint32_t *restrict a, const uint32_t *restrict b) {
  int score = 0, best = 0;
  size_t start = 0, best_start = 0, best_end = 0;
  for (size_t i = 0; i < items; i++) {
    score += THRESHOLD - __builtin_popcount(a[i] ^ b[i]);
    if (score <= 0) {
      score = 0;
      start = i + 1;
    }
    if (score > best) {
      best = score;
      best_start = start;
      best_end = i + 1;
    }
  }
  return best + best_end - best_start;
}

/** Every held fingerprint against the first one. */
static size_t turn_of(uint64_t (*count)(const uint32_t *, const uint32_t *), uint64_t *counted) {
  size_t turns = 0;
  for (size_t at = items; at + items <= word_count; at += items, turns++) *counted += count(words, words + at);
  return turns;
}

typedef int (*decode_fingerprint)(const char *, int, uint32_t **, int *, int *, int);
static decode_fingerprint decode;
static void (*release)(void *);

static size_t decompress_all(uint64_t *counted) {
  size_t turns = 0;
  for (size_t at = 0; at < word_count; at += 1 + (words[at] + 3) / 4, turns++) {
    uint32_t *fingerprint;
    int size, algorithm;
    if (!decode((char *)(words + at + 1), words[at], &fingerprint, &size, &algorithm, 0)) exit(3);
    *counted += fingerprint[size - 1];
    release(fingerprint);
  }
  return turns;
}

typedef void (*transform_function)(void *, void *, void *, ptrdiff_t);
static void *transform;
static transform_function run_transform;

static size_t transform_all(uint64_t *counted) {
  static float in[FFT_SIZE] __attribute__((aligned(64))), out[FFT_SIZE + 16] __attribute__((aligned(64)));
  size_t turns = 0;
  for (size_t at = 0; at + FFT_SIZE <= word_count; at += FFT_SIZE / 2, turns++) {
    memcpy(in, words + at, sizeof in);
    run_transform(transform, out, in, sizeof(float));
    *counted += (int64_t)out[2];
  }
  return turns;
}

static void *symbol(void *library, const char *name) {
  void *found = library ? dlsym(library, name) : NULL;
  if (!found) {
    fprintf(stderr, "%s: %s\n", name, dlerror());
    exit(3);
  }
  return found;
}

static size_t once(const char *operation, uint64_t *counted) {
  if (!strcmp(operation, "compare")) return turn_of(differing, counted);
  if (!strcmp(operation, "compare64")) return turn_of(differing_by_two, counted);
  if (!strcmp(operation, "sum")) return turn_of(sum_of, counted);
  if (!strcmp(operation, "extend")) return turn_of(best_stretch, counted);
  if (!strcmp(operation, "decompress")) return decompress_all(counted);
  if (!strcmp(operation, "fft")) return transform_all(counted);
  exit(2);
}

int main(int argc, char **argv) {
  if (argc != 4) return 2;
  FILE *file = fopen(argv[2], "rb");
  if (!file || fseek(file, 0, SEEK_END)) return 2;
  word_count = ftell(file) / 4;
  rewind(file);
  words = aligned_alloc(64, word_count * 4 + 64 - word_count * 4 % 64);
  if (!words || fread(words, 4, word_count, file) != word_count) return 2;
  items = strtoul(argv[3], NULL, 10);
  if (!strcmp(argv[1], "decompress")) {
    void *library = dlopen("libchromaprint.so.1", RTLD_NOW);
    decode = (decode_fingerprint)symbol(library, "chromaprint_decode_fingerprint");
    release = (void (*)(void *))symbol(library, "chromaprint_dealloc");
  }
  if (!strcmp(argv[1], "fft")) {
    void *library = dlopen("libavutil.so.57", RTLD_NOW);
    const int real_to_complex = 6; // AV_TX_FLOAT_RDFT
    const float scale = 1;
    int (*start)(void **, transform_function *, int, int, int, const void *, uint64_t) = symbol(library, "av_tx_init");
    if (start(&transform, &run_transform, real_to_complex, 0, FFT_SIZE, &scale, 0) < 0) return 3;
  }
  uint64_t counted = 0, ignored = 0;
  once(argv[1], &counted);
  size_t turns = 0;
  const double started = cpu_seconds();
  do turns += once(argv[1], &ignored);
  while (cpu_seconds() - started < LEAST_SECONDS);
  printf("%.12g %llu\n", (cpu_seconds() - started) / turns, (unsigned long long)counted);
  return 0;
}
