/* lanes.c - departures of a window as lanes: waits for services known by their headway, percentiles, waits left out.
 *
 * Waits. Of a service that comes every h seconds, nobody knows when, one who comes at any moment waits evenly between 0
 * and h. The lanes of a window share these waits out: of an even number 1/count, 2/count ... 1 of h, each once, so that the
 * percentiles of one wait by nearest rank are those of the even law wherever they fall on a lane; of an odd number half a
 * lane less each, so that the median is always right (one departure alone waits half of h). Each service shares them out in an order of its own, shuffled by a
 * digest of its number (a Latin hypercube: McKay, Beckman and Conover 1979, A comparison of three methods), so that waits
 * follow neither the clock nor each other. A lattice would do better for most pairs of services, but any lattice of a
 * hundred points has some that go hand in hand.
 */
#include "geo/lanes.h"

#include <stdlib.h>

/* The finaliser of splitmix64 (Steele, Lea and Flood 2014). */
static uint64_t digest(uint64_t service, uint64_t lane) {
  uint64_t z = (service + 1) * 0x9e3779b97f4a7c15u + lane * 0xd1b54a32d192ed03u;
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
  z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
  return z ^ (z >> 31);
}

/* The part of a headway that stands at a rank from 1 on. */
static double part_at(size_t count, size_t rank) {
  return ((double)rank - (count % 2 ? 0.5 : 0)) / (double)count;
}

double sund_lane_wait(const sund_lanes *lanes, size_t service, size_t lane) {
  const uint64_t own = digest(service, lane);
  size_t rank = 1;
  for (size_t m = 0; m < lanes->count; m++) {
    const uint64_t other = digest(service, m);
    rank += other < own || (other == own && m < lane);
  }
  return part_at(lanes->count, rank);
}

static int in_order(const void *left, const void *right) {
  const lanes_place *a = left, *b = right;
  if (a->digest != b->digest) return a->digest < b->digest ? -1 : 1;
  return (a->lane > b->lane) - (a->lane < b->lane);
}

void lanes_waits(const sund_lanes *lanes, size_t service, lanes_place *scratch, double *wait) {
  for (size_t m = 0; m < lanes->count; m++) scratch[m] = (lanes_place){digest(service, m), m};
  qsort(scratch, lanes->count, sizeof *scratch, in_order);
  for (size_t rank = 0; rank < lanes->count; rank++) wait[scratch[rank].lane] = part_at(lanes->count, rank + 1);
}

static void swap(uint32_t *a, uint32_t *b) {
  const uint32_t kept = *a;
  *a = *b;
  *b = kept;
}

/* Quickselect (Hoare 1961) with the middle of three as pivot: what stands at `rank` when the values are in order. */
static uint32_t select_rank(uint32_t *value, size_t count, size_t rank) {
  size_t low = 0, high = count - 1;
  while (low < high) {
    const size_t middle = low + (high - low) / 2;
    if (value[middle] < value[low]) swap(&value[middle], &value[low]);
    if (value[high] < value[low]) swap(&value[high], &value[low]);
    if (value[high] < value[middle]) swap(&value[high], &value[middle]);
    const uint32_t pivot = value[middle];
    size_t i = low, j = high;
    while (i <= j) {
      while (value[i] < pivot) i++;
      while (value[j] > pivot) j--;
      if (i > j) break;
      swap(&value[i++], &value[j]);
      if (j == 0) break;
      j--;
    }
    if (rank <= j) high = j;
    else if (rank >= i) low = i;
    else return value[rank];
  }
  return value[rank];
}

uint32_t sund_lanes_percentile(size_t count, const uint32_t *value, double percent, uint32_t *scratch) {
  if (count == 0) return SUND_BEYOND;
  /* percent / 100 * count must not pass a whole number by its rounding alone. */
  const double exact = percent / 100 * (double)count - 1e-9;
  size_t rank = exact > 0 ? (size_t)exact : 0; /* from 0: one less than the ceiling */
  if (rank > count - 1) rank = count - 1;
  for (size_t i = 0; i < count; i++) scratch[i] = value[i];
  return select_rank(scratch, count, rank);
}

void sund_lanes_planned(size_t count, const uint32_t *value, uint32_t step, uint32_t *planned) {
  for (size_t m = count; m-- > 0;) {
    planned[m] = value[m];
    if (m + 1 == count || value[m] == SUND_BEYOND || value[m + 1] == SUND_BEYOND) continue;
    if (value[m] >= step && value[m] - step == value[m + 1]) planned[m] = planned[m + 1];
  }
}
