/* unite.c - sets of numbers that become one: disjoint sets with path halving (Tarjan & van Leeuwen, "Worst-case analysis
 * of set union algorithms", 1984). Linking by the smaller number instead of by rank costs a logarithm at worst and gives
 * every set a name that does not depend on the order of the unions.
 */
#include "geo/unite.h"

uint32_t *unite_new(sund_ctx *ctx, size_t n) {
  if (n > UINT32_MAX) {
    sund_fail(ctx, SUND_LIMIT, "more than 4 billion parts to be joined");
    return NULL;
  }
  uint32_t *parent = sund_alloc(ctx, n, sizeof *parent);
  for (size_t i = 0; parent && i < n; i++) parent[i] = (uint32_t)i;
  return parent;
}

uint32_t unite_root(uint32_t *parent, size_t i) {
  uint32_t at = (uint32_t)i;
  while (parent[at] != at) {
    parent[at] = parent[parent[at]];
    at = parent[at];
  }
  return at;
}

bool unite_join(uint32_t *parent, size_t a, size_t b) {
  const uint32_t x = unite_root(parent, a), y = unite_root(parent, b);
  if (x == y) return false;
  if (x < y) parent[y] = x;
  else parent[x] = y;
  return true;
}
