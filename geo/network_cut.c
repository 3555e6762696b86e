/* network_cut.c - lines that know their nodes, cut where they share one.
 *
 * Every id gets a number by its first appearance (a hash table with open addressing, Knuth 1973, vol. 3, 6.4). A node of
 * the network is where a line ends, or what several lines or one line twice pass through. Two lines that cross without a
 * node in common do not meet: one of them is a bridge.
 */
#include <math.h>

#include "geo/graph.h"
#include "geo/meet.h"
#include "geo/network.h"
#include "geo/unite.h"

enum { BLOCK = 4096 };

/* ------------------------------------------------------------------------------------------------------- numbering */

typedef struct id_table {
  size_t mask;
  uint32_t *slot; /* mask + 1: number, NETWORK_NONE = free */
  int64_t *id;    /* numbers                              */
  size_t count;
} id_table;

static sund_code open_table(sund_ctx *scratch, size_t most, id_table *out) {
  size_t slots = 16;
  while (slots < most + most / 3) slots *= 2;
  *out = (id_table){slots - 1, sund_alloc(scratch, slots, sizeof *out->slot),
                    sund_alloc(scratch, most, sizeof *out->id), 0};
  if (!out->slot || !out->id) return SUND_LIMIT;
  for (size_t k = 0; k < slots; k++) out->slot[k] = NETWORK_NONE;
  return SUND_OK;
}

static uint32_t number_of(id_table *table, int64_t id) {
  const uint64_t mixed = (uint64_t)id * 0x9e3779b97f4a7c15u;
  size_t k = (size_t)(mixed ^ mixed >> 32) & table->mask;
  for (; table->slot[k] != NETWORK_NONE; k = (k + 1) & table->mask)
    if (table->id[table->slot[k]] == id) return table->slot[k];
  table->id[table->count] = id;
  return table->slot[k] = (uint32_t)table->count++;
}

/* Numbers the nodes of the rows taken. */
static sund_code number_nodes(sund_ctx *scratch, network_pieces *p) {
  const sund_shapes *s = p->ask->lines->shapes;
  const int64_t *id = p->ask->lines->topology->node;
  size_t most = 0;
  for (size_t row = 0; row < s->rows; row++)
    if (p->take[row]) most += s->first_vertex[s->first_part[row + 1]] - s->first_vertex[s->first_part[row]];
  id_table table;
  TRY(open_table(scratch, most, &table));
  p->at = sund_alloc(scratch, s->vertices, sizeof *p->at);
  p->x = sund_alloc(scratch, most, sizeof *p->x);
  p->y = sund_alloc(scratch, most, sizeof *p->y);
  if (!p->at || !p->x || !p->y) return SUND_LIMIT;
  for (size_t row = 0; row < s->rows; row++)
    for (size_t v = s->first_vertex[s->first_part[row]]; v < s->first_vertex[s->first_part[row + 1]]; v++) {
      p->at[v] = p->take[row] ? number_of(&table, id[v]) : NETWORK_NONE;
      if (p->at[v] == NETWORK_NONE || p->at[v] < p->nodes) continue;
      p->x[p->nodes] = s->x[v] + 0.0; /* -0 becomes 0 */
      p->y[p->nodes++] = s->y[v] + 0.0;
    }
  return SUND_OK;
}

/* --------------------------------------------------------------------------------------------------------- cutting */

enum { ONCE = 1, MEETS = 2, /* passed or ended at more than once */ ENDS = 4, INSIDE = 8 };

/* flag: nodes. */
static void look_at_nodes(const network_pieces *p, uint8_t *flag) {
  const sund_shapes *s = p->ask->lines->shapes;
  for (size_t part = 0; part < s->parts; part++) {
    const size_t first = s->first_vertex[part], end = s->first_vertex[part + 1];
    for (size_t v = first; v < end && p->at[v] != NETWORK_NONE; v++) {
      const uint32_t node = p->at[v];
      if (v > first && node == p->at[v - 1]) continue;
      flag[node] |= flag[node] & ONCE ? MEETS : ONCE;
      flag[node] |= v == first || v + 1 == end ? ENDS : INSIDE;
    }
    if (end > first && p->at[end - 1] != NETWORK_NONE)
      flag[p->at[end - 1]] |= ENDS; /* when it repeats the one before */
  }
}

static bool is_node(const uint8_t *flag, uint32_t node) {
  return flag[node] & (MEETS | ENDS);
}

static sund_code room_for_pieces(sund_ctx *scratch, network_pieces *p, size_t most) {
  p->row = sund_alloc(scratch, most, sizeof *p->row);
  p->first = sund_alloc(scratch, most, sizeof *p->first);
  p->last = sund_alloc(scratch, most, sizeof *p->last);
  p->from = sund_alloc(scratch, most, sizeof *p->from);
  p->to = sund_alloc(scratch, most, sizeof *p->to);
  p->metres = sund_alloc(scratch, most, sizeof *p->metres);
  return p->row && p->first && p->last && p->from && p->to && p->metres ? SUND_OK : SUND_LIMIT;
}

static void add_piece(network_pieces *p, size_t row, size_t first, size_t last) {
  const size_t k = p->count++;
  p->row[k] = row;
  p->first[k] = first;
  p->last[k] = last;
  p->from[k] = p->at[first];
  p->to[k] = p->at[last];
}

static sund_code cut_rows(sund_ctx *scratch, network_pieces *p, const uint8_t *flag) {
  const sund_shapes *s = p->ask->lines->shapes;
  size_t most = 0;
  for (size_t v = 0; v < s->vertices; v++) most += p->at[v] != NETWORK_NONE && is_node(flag, p->at[v]);
  TRY(room_for_pieces(scratch, p, most));
  for (size_t row = 0; row < s->rows; row++)
    for (size_t part = s->first_part[row]; p->take[row] && part < s->first_part[row + 1]; part++) {
      size_t first = s->first_vertex[part];
      for (size_t v = first + 1; v < s->first_vertex[part + 1]; v++) {
        if (!is_node(flag, p->at[v]) || p->at[v] == p->at[v - 1]) continue;
        add_piece(p, row, first, v);
        first = v;
      }
    }
  return SUND_OK;
}

/* ------------------------------------------------------------------------------------------------------- measuring */

static sund_code measure(sund_ctx *worker, size_t begin, size_t end, void *data) {
  (void)worker;
  network_pieces *p = data;
  for (size_t k = begin; k < end; k++)
    for (size_t v = p->first[k]; v < p->last[k]; v++) {
      const uint32_t a = p->at[v], b = p->at[v + 1];
      p->metres[k] += graph_metres(p->ground, p->x[a], p->y[a], p->x[b], p->y[b]);
    }
  return SUND_OK;
}

/* Where a line says how long it is, its pieces share that. */
static sund_code heed_lengths(sund_ctx *scratch, network_pieces *p) {
  const double *given = p->ask->length_m;
  if (!given) return SUND_OK;
  double *drawn = sund_alloc(scratch, p->ask->lines->rows, sizeof *drawn);
  if (!drawn) return SUND_LIMIT;
  for (size_t k = 0; k < p->count; k++) drawn[p->row[k]] += p->metres[k];
  for (size_t k = 0; k < p->count; k++) {
    const size_t row = p->row[k];
    if (isfinite(given[row]) && given[row] >= 0 && drawn[row] > 0) p->metres[k] *= given[row] / drawn[row];
  }
  return SUND_OK;
}

/* Leaves out what is shorter than a millimetre, without cutting the network there. */
static sund_code drop_short(sund_ctx *scratch, network_pieces *p, sund_join_report *report) {
  uint32_t *parent = unite_new(scratch, p->nodes);
  size_t kept = 0;
  if (!parent) return SUND_LIMIT;
  for (size_t k = 0; k < p->count; k++) {
    if (p->metres[k] < MEET_NEAR_M) {
      unite_join(parent, p->from[k], p->to[k]);
      report->dropped++;
      continue;
    }
    p->row[kept] = p->row[k];
    p->first[kept] = p->first[k];
    p->last[kept] = p->last[k];
    p->from[kept] = p->from[k];
    p->to[kept] = p->to[k];
    p->metres[kept++] = p->metres[k];
  }
  p->count = kept;
  for (size_t k = 0; k < kept; k++) {
    p->from[k] = unite_root(parent, p->from[k]);
    p->to[k] = unite_root(parent, p->to[k]);
  }
  return SUND_OK;
}

sund_code network_cut(sund_ctx *scratch, network_pieces *p, sund_join_report *report) {
  TRY(number_nodes(scratch, p));
  uint8_t *flag = sund_alloc(scratch, p->nodes, 1);
  if (!flag) return SUND_LIMIT;
  look_at_nodes(p, flag);
  for (size_t v = 0; v < p->nodes; v++) report->crossings += (flag[v] & MEETS) && (flag[v] & INSIDE);
  TRY(cut_rows(scratch, p, flag));
  TRY(sund_for(scratch, p->count, BLOCK, measure, p));
  TRY(drop_short(scratch, p, report));
  return heed_lengths(scratch, p);
}
