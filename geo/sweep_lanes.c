/* sweep_lanes.c - the innermost loop: rows of 16-bit times, a lane a tree.
 *
 * All lanes take the same steps, so a compiler makes vectors of them. A row is worked off in pieces of two vectors,
 * which stay in registers while the arcs are gone through; there are versions for the vectors that processors have,
 * all of the same lines of C, whose integers give the same answer on all of them. A time is never more than 65,535:
 * it is cut to what leaves room for what is added to it.
 */
#include <string.h>

#include "geo/sweep.h"

#if defined(__x86_64__)
#define WIDE_VECTORS 1
#endif

enum { TILE = 32 };

/* Adds the units of an arc to a vector of times and keeps what is less. */
static inline __attribute__((always_inline)) void relax(size_t vector, const uint16_t *restrict from, uint16_t units,
                                                        uint16_t *restrict best) {
  const uint16_t most = (uint16_t)(SWEEP_BEYOND - units);
  for (size_t k = 0; k < vector; k++) {
    const uint16_t cut = from[k] < most ? from[k] : most;
    const uint16_t sum = (uint16_t)(cut + units);
    best[k] = sum < best[k] ? sum : best[k];
  }
}

/* The row of one step, from what it begins with. */
static inline __attribute__((always_inline)) void make_row(size_t vector, size_t lanes, const uint16_t *kept,
                                                           size_t arcs, const sweep_arc *arc, const uint16_t *begin,
                                                           uint16_t *row) {
  for (size_t at = 0; at < lanes; at += 2 * vector) {
    uint16_t low[32], high[32]; /* vectors at most */
    memcpy(low, begin + at, vector * sizeof *low);
    memcpy(high, begin + at + vector, vector * sizeof *high);
    for (size_t i = 0; i < arcs; i++) {
      const uint16_t *from = kept + (size_t)arc[i].slot * lanes + at;
      relax(vector, from, arc[i].units, low);
      relax(vector, from + vector, arc[i].units, high);
    }
    memcpy(row + at, low, vector * sizeof *low);
    memcpy(row + at + vector, high, vector * sizeof *high);
  }
}

/* Records of a tile, from rows to lanes. */
static void turn_tile(size_t lanes, const uint16_t *tile, size_t records, uint16_t *out, size_t stride) {
  for (size_t k = 0; k < lanes; k++)
    for (size_t i = 0; i < records; i++) out[k * stride + i] = tile[i * lanes + k];
}

static inline __attribute__((always_inline)) void sweep(size_t vector, size_t lanes, const sweep_plan *plan,
                                                        const sweep_seeds *seeds, uint16_t *kept, uint16_t *out,
                                                        size_t stride) {
  _Alignas(64) uint16_t tile[TILE * SWEEP_LANES];
  _Alignas(64) uint16_t nothing[SWEEP_LANES];
  const sweep_arc *arc = plan->arc;
  size_t filled = 0;
  memset(nothing, 0xff, sizeof nothing);
  for (size_t i = 0; i < plan->steps; i++) {
    const sweep_step step = plan->step[i];
    if (step.position != STREETS_NOTHING) {
      const uint32_t seed = seeds->row[step.position];
      const uint16_t *begin = seed ? seeds->units + (size_t)(seed - 1) * lanes : nothing;
      make_row(vector, lanes, kept, step.arcs, arc, begin, kept + (size_t)step.slot * lanes);
    } else {
      make_row(vector, lanes, kept, step.arcs, arc, nothing, tile + filled++ * lanes);
    }
    arc += step.arcs;
    if (filled < TILE) continue;
    turn_tile(lanes, tile, filled, out, stride);
    out += filled;
    filled = 0;
  }
  turn_tile(lanes, tile, filled, out, stride);
}

/* All widths for one size of vectors, in lanes. */
#define SWEEPS(name, vector)                                                                                         \
  static void name(const sweep_plan *plan, const sweep_seeds *seeds, uint16_t *kept, uint16_t *out, size_t stride) { \
    if (seeds->width == 16) sweep(8, 16, plan, seeds, kept, out, stride);                                            \
    else if (seeds->width == 32) sweep((vector) < 16 ? 8 : 16, 32, plan, seeds, kept, out, stride);                  \
    else sweep(vector, SWEEP_LANES, plan, seeds, kept, out, stride);                                                 \
  }
SWEEPS(sweep_128, 8)
#ifdef WIDE_VECTORS
__attribute__((target("avx2"))) SWEEPS(sweep_256, 16) __attribute__((target("avx512bw"))) SWEEPS(sweep_512, 32)
#endif

    size_t sweep_width(size_t trees) {
  return trees <= 16 ? 16 : trees <= 32 ? 32 : SWEEP_LANES;
}

void sweep_lanes(const sweep_plan *plan, const sweep_seeds *seeds, uint16_t *kept, uint16_t *out, size_t stride) {
#ifdef WIDE_VECTORS
  if (__builtin_cpu_supports("avx512bw")) sweep_512(plan, seeds, kept, out, stride);
  else if (__builtin_cpu_supports("avx2")) sweep_256(plan, seeds, kept, out, stride);
  else sweep_128(plan, seeds, kept, out, stride);
#else
  sweep_128(plan, seeds, kept, out, stride);
#endif
}
