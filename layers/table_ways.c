/* table_ways.c - ways that two extracts of OpenStreetMap both hold, once.
 *
 * Extracts of two countries overlap, and ways that cross a border are in both, whole. Twice in a network they would be two
 * streets side by side, and a turn that is forbidden on one copy could be taken over the other. Equal are rows of one way
 * with the same nodes in the same order; the first one stays, and turns that name the others name it instead.
 */
#include <stdlib.h>
#include <string.h>

#include "table_ways.h"

typedef struct way_key {
  int64_t feature;
  const int64_t *node;
  size_t nodes, row;
} way_key;

static int compare_ways(const way_key *x, const way_key *y) {
  if (x->feature != y->feature) return x->feature < y->feature ? -1 : 1;
  if (x->nodes != y->nodes) return x->nodes < y->nodes ? -1 : 1;
  for (size_t k = 0; k < x->nodes; k++)
    if (x->node[k] != y->node[k]) return x->node[k] < y->node[k] ? -1 : 1;
  return 0;
}

static int by_way(const void *a, const void *b) {
  const way_key *x = a, *y = b;
  const int order = compare_ways(x, y);
  return order ? order : (x->row > y->row) - (x->row < y->row);
}

/* same: rows: the first row that is equal to it. Returns how many rows are left. */
static size_t find_same(const sund_table *table, way_key *key, size_t *same) {
  const sund_shapes *s = table->shapes;
  size_t known = 0, left = table->rows;
  for (size_t r = 0; r < table->rows; r++) {
    const size_t first = s->first_vertex[s->first_part[r]], end = s->first_vertex[s->first_part[r + 1]];
    same[r] = r;
    if (first == end || table->topology->node[first] == SUND_NULL_INT) continue;
    key[known++] = (way_key){sund_table_feature(table, r), table->topology->node + first, end - first, r};
  }
  if (known) qsort(key, known, sizeof *key, by_way);
  for (size_t k = 1; k < known; k++) {
    if (compare_ways(&key[k], &key[k - 1]) != 0) continue;
    same[key[k].row] = same[key[k - 1].row];
    left--;
  }
  return left;
}

static sund_code rename_turns(sund_ctx *ctx, const sund_topology *from, const size_t *same, sund_topology *to) {
  *to = (sund_topology){from->node, from->turns, sund_alloc(ctx, from->turns, sizeof *to->turn)};
  if (!to->turn) return SUND_LIMIT;
  for (size_t k = 0; k < from->turns; k++) {
    sund_turn *turn = &to->turn[k];
    *turn = from->turn[k];
    turn->from = same[turn->from];
    turn->to = same[turn->to];
    if (turn->via_rows == 0) continue;
    size_t *via = sund_alloc(ctx, turn->via_rows, sizeof *via);
    if (!via) return SUND_LIMIT;
    for (size_t i = 0; i < turn->via_rows; i++) via[i] = same[turn->via[i]];
    turn->via = via;
  }
  return SUND_OK;
}

static sund_code pick_rows(sund_ctx *ctx, const sund_table *from, size_t count, const size_t *row, sund_table *to) {
  to->feature = sund_alloc(ctx, count, sizeof *to->feature);
  to->source = sund_alloc(ctx, count, sizeof *to->source);
  if (!to->feature || !to->source) return SUND_LIMIT;
  for (size_t i = 0; i < count; i++) {
    to->feature[i] = sund_table_feature(from, row[i]);
    to->source[i] = from->source ? from->source[row[i]] : 0;
    for (size_t k = 0; k < from->columns; k++) {
      const sund_column *old = &from->column[k];
      if (old->real) to->column[k].real[i] = old->real[row[i]];
      else if (old->integer) to->column[k].integer[i] = old->integer[row[i]];
      else to->column[k].text[i] = old->text[row[i]];
    }
  }
  to->sources = from->sources;
  to->source_name = from->source_name;
  to->source_heights = from->source_heights;
  return sund_shapes_pick(ctx, from->shapes, count, row, &to->shapes);
}

sund_code table_unite_ways(sund_ctx *ctx, sund_table **table) {
  const sund_table *from = *table;
  if (!from->topology || from->rows == 0) return SUND_OK;
  way_key *key = sund_alloc(ctx, from->rows, sizeof *key);
  size_t *same = sund_alloc(ctx, from->rows, sizeof *same), *row = sund_alloc(ctx, from->rows, sizeof *row),
         count = 0;
  sund_field *fields = sund_alloc(ctx, from->columns, sizeof *fields);
  if (!key || !same || !row || !fields) return SUND_LIMIT;
  if (find_same(from, key, same) == from->rows) return SUND_OK;
  for (size_t r = 0; r < from->rows; r++)
    if (same[r] == r) row[count++] = r;
  for (size_t k = 0; k < from->columns; k++) fields[k] = from->column[k].field;
  sund_table *to = NULL;
  sund_topology renamed, *topology = NULL;
  TRY(sund_table_new(ctx, from->name, from->kind, count, fields, from->columns, &to));
  TRY(pick_rows(ctx, from, count, row, to));
  TRY(rename_turns(ctx, from->topology, same, &renamed));
  TRY(sund_topology_pick(ctx, from->shapes, &renamed, count, row, &topology));
  to->topology = topology;
  *table = to;
  return SUND_OK;
}
