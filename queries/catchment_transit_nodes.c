/* catchment_transit_nodes.c - times by public transport to the nodes of the street graph, for maps.
 *
 * transit_start_nodes first (nobody rides yet), then transit_nodes place by place with what is known of the points.
 */
#include "catchment_transit.h"

/* Nodes of a map without any ride. */
sund_code transit_start_nodes(sund_ctx *ctx, const catchment_run *run, size_t variant) {
  const catchment_town *t = &run->town;
  const sund_mode mode = run->variant[variant].transit->walks->access;
  uint32_t **node = sund_alloc(ctx, t->places, sizeof *node);
  if (!node) return SUND_LIMIT;
  for (size_t i = 0; i < t->places; i++) node[i] = catchment_answer_of(run, variant, SUND_TRANSIT, i)->node;
  const catchment_trees ask = {
      .n = t->places, .x = t->place_x, .y = t->place_y, .spot = run->net[mode].place, .node = node};
  return catchment_trees_grow(ctx, run, mode, &ask);
}

/* From points at the main percentile on, at most the longest walk away from one of them; and directly. The time of a node
 * is at most too long, by what the percentile of the least is less than the least percentile. */
sund_code transit_nodes(sund_ctx *ctx, const catchment_run *run, const transit_walks *w, const uint32_t *point,
                        uint32_t *node) {
  const size_t nodes = run->graph->nodes;
  uint32_t *start = sund_alloc(ctx, w->points, sizeof *start), *near = sund_alloc(ctx, nodes, sizeof *near);
  uint32_t *by_ride = sund_alloc(ctx, nodes, sizeof *by_ride);
  if (!start || !near || !by_ride) return SUND_LIMIT;
  for (size_t p = 0; p < w->points; p++) start[p] = point[p] == SUND_BEYOND ? SUND_BEYOND : 0;
  sund_trees_ask ask = {.sources = w->points, .source = w->spot, .limit = w->limit};
  TRY(sund_streets_spread(ctx, run->net[w->ground].streets, &ask, start, near, NULL));
  ask.limit = run->limit;
  TRY(sund_streets_spread(ctx, run->net[w->ground].streets, &ask, point, by_ride, NULL));
  for (size_t k = 0; k < nodes; k++)
    if (near[k] != SUND_BEYOND && by_ride[k] < node[k]) node[k] = by_ride[k];
  return SUND_OK;
}
