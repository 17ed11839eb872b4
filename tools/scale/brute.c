// Lays every track over every other at every offset and says where they agree. No index, nothing left out but offsets at
// which the first two seconds of a window differ in more bits than copies do.
//
// brute FILE PART PARTS: reads FILE (32-bit little-endian words: the number of tracks N, N + 1 starts, then for each of the
// four phases all items) and takes every PARTS-th track from PART on as the shorter of the pair. Prints a line for each pair that agrees:
// a b, the offset in quarter items by which b starts after a, differing bits, compared bits.
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#ifdef __AVX2__
#include <immintrin.h>
#endif

enum {
  WINDOW = 128, // items laid over the longer track, 16 s
  FIRST = 16,   // of them looked at everywhere
  SECOND = 48,  // of them looked at where those agree
  BLOCK = 8,    // offsets looked at together
  LEAST = 80,   // items that must be compared in the end, 10 s
};
// Shares of differing bits: of the first items, of more, of a window, of all. Copies stay below 0.2 on their grid, 0.25 off it.
static const double FIRST_SHARE = 0.37, SECOND_SHARE = 0.37, WINDOW_SHARE = 0.36, WHOLE_SHARE = 0.32;

static uint32_t tracks;
static const uint32_t *starts;
static const uint32_t *phase[4];

static unsigned differing(const uint32_t *a, const uint32_t *b, long count) {
  unsigned bits = 0;
  long i = 0;
  for (; i + 1 < count; i += 2) {
    uint64_t x, y;
    memcpy(&x, a + i, 8);
    memcpy(&y, b + i, 8);
    bits += __builtin_popcountll(x ^ y);
  }
  if (i < count) bits += __builtin_popcount(a[i] ^ b[i]);
  return bits;
}

// At which of eight successive offsets the window's first items differ in few bits: a bit for each, the first the lowest.
static unsigned agreeing(const uint32_t *window, const uint32_t *at) {
  const int most = FIRST_SHARE * 32 * FIRST;
#ifdef __AVX2__
  const __m256i table = _mm256_setr_epi8(0, 1, 1, 2, 1, 2, 2, 3, 1, 2, 2, 3, 2, 3, 3, 4, 0, 1, 1, 2, 1, 2, 2, 3, 1, 2, 2, 3, 2, 3, 3, 4);
  const __m256i low = _mm256_set1_epi8(15);
  __m256i bytes = _mm256_setzero_si256();
  for (int i = 0; i < FIRST; i++) {
    const __m256i bits = _mm256_xor_si256(_mm256_set1_epi32((int)window[i]), _mm256_loadu_si256((const __m256i *)(at + i)));
    const __m256i lower = _mm256_shuffle_epi8(table, _mm256_and_si256(bits, low));
    const __m256i upper = _mm256_shuffle_epi8(table, _mm256_and_si256(_mm256_srli_epi32(bits, 4), low));
    bytes = _mm256_add_epi8(bytes, _mm256_add_epi8(lower, upper));
  }
  const __m256i pairs = _mm256_maddubs_epi16(bytes, _mm256_set1_epi8(1));
  const __m256i sums = _mm256_madd_epi16(pairs, _mm256_set1_epi16(1));
  return _mm256_movemask_ps(_mm256_castsi256_ps(_mm256_cmpgt_epi32(_mm256_set1_epi32(most + 1), sums)));
#else
  unsigned found = 0;
  for (int offset = 0; offset < BLOCK; offset++) found |= (unsigned)((int)differing(window, at + offset, FIRST) <= most) << offset;
  return found;
#endif
}

static long length(uint32_t track) { return (long)starts[track + 1] - starts[track]; }

struct place {
  double share;
  long offset; // in quarter items
  unsigned bits, compared;
};

// Lays one over the other at an offset in items, over all that both cover, at all phases and one item to either side.
static void lay(uint32_t fewer, uint32_t more, long offset, struct place *best) {
  for (int k = 0; k < 4; k++) {
    for (long o = offset - 1; o <= offset + 1; o++) {
      // Item i of `fewer` at phase k over item i + o of `more`. The last phases may be an item short.
      const long from = o < 0 ? -o : 0;
      const long until = length(fewer) - 1 < length(more) - 1 - o ? length(fewer) - 1 : length(more) - 1 - o;
      if (until - from < LEAST) continue;
      const unsigned bits = differing(phase[k] + starts[fewer] + from, phase[0] + starts[more] + from + o, until - from);
      const double share = bits / (32.0 * (until - from));
      if (share < best->share) *best = (struct place){share, 4 * o - k, bits, 32 * (unsigned)(until - from)};
    }
  }
}

static void compare(uint32_t fewer, uint32_t more) {
  const long room = length(more) - WINDOW;
  if (length(fewer) < WINDOW || room < 0) return;
  const uint32_t *all = phase[0] + starts[more];
  struct place best = {1, 0, 0, 0};
  // Windows at one and two thirds of the shorter track, on the grid and half a hop off it. What comes again agrees at several
  // offsets, and all are laid.
  for (int which = 0; which < 4; which++) {
    const long at = (length(fewer) - WINDOW) * (1 + which / 2) / 3;
    const uint32_t *window = phase[which % 2 ? 2 : 0] + starts[fewer] + at;
    long laid = -2 * WINDOW;
    for (long offset = 0; offset <= room; offset += BLOCK) {
      for (unsigned found = agreeing(window, all + offset); found; found &= found - 1) {
        const int i = __builtin_ctz(found);
        if (offset + i > room || offset + i <= laid + 1) continue;
        if (differing(window, all + offset + i, SECOND) > SECOND_SHARE * 32 * SECOND) continue;
        if (differing(window, all + offset + i, WINDOW) > WINDOW_SHARE * 32 * WINDOW) continue;
        laid = offset + i;
        lay(fewer, more, laid - at, &best);
      }
    }
  }
  if (best.share < WHOLE_SHARE) printf("%u %u %ld %u %u\n", more, fewer, best.offset, best.bits, best.compared);
}

int main(int count, char **words) {
  if (count != 4) return 2;
  FILE *file = fopen(words[1], "rb");
  if (!file) return 1;
  fseek(file, 0, SEEK_END);
  const long bytes = ftell(file);
  rewind(file);
  // A block reads a little beyond the last item.
  uint32_t *all = calloc(1, bytes + 4 * (BLOCK + WINDOW));
  if (!all || fread(all, 1, bytes, file) != (size_t)bytes) return 1;
  tracks = all[0];
  starts = all + 1;
  for (int k = 0; k < 4; k++) phase[k] = all + tracks + 2 + (long)k * starts[tracks];
  for (uint32_t a = atoi(words[2]); a < tracks; a += atoi(words[3]))
    for (uint32_t b = 0; b < tracks; b++)
      if (length(b) > length(a) || (length(b) == length(a) && b > a)) compare(a, b);
  return 0;
}
