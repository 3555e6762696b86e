/* sweep_lanes.c - the innermost loop: rows of times, a lane a tree, in 16 bits or in 32.
 *
 * All lanes take the same steps, so a compiler makes vectors of them. A row is worked off in pieces of two vectors,
 * which stay in registers while the arcs are gone through; there are versions for the vectors that processors have,
 * all of the same lines of C, whose integers give the same answer on all of them. A time in 16 bits is never more than
 * 65,535: it is cut to what leaves room for what is added to it. In 32 bits half of the range is left free instead, and
 * what two halves add up to still fits.
 */
#include <string.h>

#include "geo/sweep.h"

#if defined(__x86_64__)
#define WIDE_VECTORS 1
#endif
/* gcc takes a loop of 16 turns apart before it sees that the turns are one vector. */
#if defined(__GNUC__) && !defined(__clang__)
#define ONE_VECTOR _Pragma("GCC unroll 1")
#else
#define ONE_VECTOR
#endif
#define INLINE static inline __attribute__((always_inline))

enum { TILE = 32, VECTOR_BYTES = 64 /* at most */ };

/* Room for rows of either kind. */
typedef union row {
  uint16_t narrow[SWEEP_LANES];
  uint32_t wide[SWEEP_LANES];
} row;

/* -------------------------------------------------------------------------------------------------------- rows */

/* Adds the units of an arc to a vector of times and keeps what is less. */
INLINE void relax_narrow(size_t vector, const uint16_t *restrict from, uint16_t units, uint16_t *restrict best) {
  const uint16_t most = (uint16_t)(SWEEP_BEYOND - units);
  ONE_VECTOR
  for (size_t k = 0; k < vector; k++) {
    const uint16_t cut = from[k] < most ? from[k] : most;
    const uint16_t sum = (uint16_t)(cut + units);
    best[k] = sum < best[k] ? sum : best[k];
  }
}

INLINE void relax_wide(size_t vector, const uint32_t *restrict from, uint32_t units, uint32_t *restrict best) {
  ONE_VECTOR
  for (size_t k = 0; k < vector; k++) {
    const uint32_t sum = from[k] + units;
    best[k] = sum < best[k] ? sum : best[k];
  }
}

/* The row of one step, from what it begins with. */
INLINE void make_narrow(size_t vector, size_t lanes, const uint16_t *kept, size_t arcs, const sweep_arc *arc,
                        const uint16_t *begin, uint16_t *to) {
  for (size_t at = 0; at < lanes; at += 2 * vector) {
    uint16_t low[VECTOR_BYTES / 2], high[VECTOR_BYTES / 2];
    memcpy(low, begin + at, vector * sizeof *low);
    memcpy(high, begin + at + vector, vector * sizeof *high);
    for (size_t i = 0; i < arcs; i++) {
      const uint16_t *from = kept + (size_t)arc[i].slot * lanes + at;
      relax_narrow(vector, from, (uint16_t)arc[i].units, low);
      relax_narrow(vector, from + vector, (uint16_t)arc[i].units, high);
    }
    memcpy(to + at, low, vector * sizeof *low);
    memcpy(to + at + vector, high, vector * sizeof *high);
  }
}

INLINE void make_wide(size_t vector, size_t lanes, const uint32_t *kept, size_t arcs, const sweep_arc *arc,
                      const uint32_t *begin, uint32_t *to) {
  for (size_t at = 0; at < lanes; at += 2 * vector) {
    uint32_t low[VECTOR_BYTES / 4], high[VECTOR_BYTES / 4];
    memcpy(low, begin + at, vector * sizeof *low);
    memcpy(high, begin + at + vector, vector * sizeof *high);
    for (size_t i = 0; i < arcs; i++) {
      const uint32_t *from = kept + (size_t)arc[i].slot * lanes + at;
      relax_wide(vector, from, arc[i].units, low);
      relax_wide(vector, from + vector, arc[i].units, high);
    }
    memcpy(to + at, low, vector * sizeof *low);
    memcpy(to + at + vector, high, vector * sizeof *high);
  }
}

/* What the lanes of a node begin with: nothing, or its seeds. */
INLINE const row *start(bool wide, size_t lanes, const sweep_seeds *seeds, uint32_t position, const row *nothing,
                        row *room) {
  const uint32_t seed = seeds->row[position];
  if (!seed) return nothing;
  const uint32_t *units = seeds->units + (size_t)(seed - 1) * lanes;
  for (size_t k = 0; k < lanes; k++)
    if (wide) room->wide[k] = units[k] < SWEEP_FAR ? units[k] : SWEEP_FAR;
    else room->narrow[k] = units[k] < SWEEP_BEYOND ? (uint16_t)units[k] : SWEEP_BEYOND;
  return room;
}

/* Records of a tile, from rows to lanes. */
INLINE void turn_tile(bool wide, size_t lanes, const row *tile, size_t records, uint32_t *out, size_t stride) {
  for (size_t k = 0; k < lanes; k++)
    for (size_t i = 0; i < records; i++) out[k * stride + i] = wide ? tile[i].wide[k] : tile[i].narrow[k];
}

/* ------------------------------------------------------------------------------------------------------- sweep */

/* bytes: of a vector, at most half a row. */
INLINE void sweep(size_t bytes, bool wide, size_t lanes, const sweep_plan *plan, const sweep_seeds *seeds, void *kept,
                  uint32_t *out, size_t stride) {
  _Alignas(VECTOR_BYTES) row tile[TILE], nothing, room;
  const sweep_arc *arc = plan->arc;
  size_t filled = 0;
  for (size_t k = 0; k < SWEEP_LANES; k++)
    if (wide) nothing.wide[k] = SWEEP_FAR;
    else nothing.narrow[k] = SWEEP_BEYOND;
  for (size_t i = 0; i < plan->steps; i++) {
    const sweep_step step = plan->step[i];
    const bool node = step.position != STREETS_NOTHING;
    const row *begin = node ? start(wide, lanes, seeds, step.position, &nothing, &room) : &nothing;
    const size_t at = (size_t)step.slot * lanes;
    if (wide)
      make_wide(bytes / 4, lanes, kept, step.arcs, arc, begin->wide,
                node ? (uint32_t *)kept + at : tile[filled].wide);
    else
      make_narrow(bytes / 2, lanes, kept, step.arcs, arc, begin->narrow,
                  node ? (uint16_t *)kept + at : tile[filled].narrow);
    filled += !node;
    arc += step.arcs;
    if (filled < TILE) continue;
    turn_tile(wide, lanes, tile, filled, out, stride);
    out += filled;
    filled = 0;
  }
  turn_tile(wide, lanes, tile, filled, out, stride);
}

/* All widths for one size of vectors, in bytes. */
#define SWEEPS(name, bytes)                                                                                      \
  static void name(const sweep_plan *plan, const sweep_seeds *seeds, void *kept, uint32_t *out, size_t stride) { \
    enum { HALF = (bytes) < 32 ? (bytes) : 32 };                                                                 \
    if (plan->wide && seeds->width == 16) sweep(HALF, true, 16, plan, seeds, kept, out, stride);                 \
    else if (plan->wide && seeds->width == 32) sweep(bytes, true, 32, plan, seeds, kept, out, stride);           \
    else if (plan->wide) sweep(bytes, true, SWEEP_LANES, plan, seeds, kept, out, stride);                        \
    else if (seeds->width == 16) sweep(16, false, 16, plan, seeds, kept, out, stride);                           \
    else if (seeds->width == 32) sweep(HALF, false, 32, plan, seeds, kept, out, stride);                         \
    else sweep(bytes, false, SWEEP_LANES, plan, seeds, kept, out, stride);                                       \
  }
SWEEPS(sweep_128, 16)
#ifdef WIDE_VECTORS
__attribute__((target("avx2"))) SWEEPS(sweep_256, 32) __attribute__((target("avx512bw"))) SWEEPS(sweep_512, 64)
#endif

    size_t sweep_width(size_t trees) {
  return trees <= 16 ? 16 : trees <= 32 ? 32 : SWEEP_LANES;
}

void sweep_lanes(const sweep_plan *plan, const sweep_seeds *seeds, void *kept, uint32_t *out, size_t stride) {
#ifdef WIDE_VECTORS
  if (__builtin_cpu_supports("avx512bw")) sweep_512(plan, seeds, kept, out, stride);
  else if (__builtin_cpu_supports("avx2")) sweep_256(plan, seeds, kept, out, stride);
  else sweep_128(plan, seeds, kept, out, stride);
#else
  sweep_128(plan, seeds, kept, out, stride);
#endif
}
