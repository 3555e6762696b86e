/* overland_way.c - one way over land, as a line. */
#include "geo/overland.h"

#include <math.h>

/* Adds a vertex unless the way stands there already. */
static void add(sund_way *way, double x, double y) {
  if (way->vertices > 0 && way->x[way->vertices - 1] == x && way->y[way->vertices - 1] == y) return;
  way->x[way->vertices] = x;
  way->y[way->vertices++] = y;
}

/* Writes the corners of the only hit of a task with one point and one place. */
static sund_code trace(sund_ctx *ctx, const overland_task *task, double to_x, double to_y, sund_way *out) {
  const straight_hit *hit = task->hits[0] ? task->hit : NULL;
  sund_way way = {.metres = NAN};
  if (!hit) {
    *out = way;
    return SUND_OK;
  }
  size_t bends = 0;
  for (uint32_t v = hit->via; v != STRAIGHT_NONE; v = task->label[v].hit[0].via) bends++;
  way.metres = hit->metres;
  way.x = sund_alloc(ctx, bends + 4, sizeof *way.x);
  way.y = sund_alloc(ctx, bends + 4, sizeof *way.y);
  if (!way.x || !way.y) return SUND_LIMIT;
  add(&way, task->x[0], task->y[0]);
  add(&way, task->start[0].x, task->start[0].y);
  for (uint32_t v = hit->via; v != STRAIGHT_NONE; v = task->label[v].hit[0].via)
    add(&way, task->o->node[v].x, task->o->node[v].y);
  add(&way, hit->x, hit->y);
  add(&way, to_x, to_y);
  *out = way;
  return SUND_OK;
}

sund_code sund_overland_way(sund_ctx *ctx, const sund_overland *overland, double from_x, double from_y, double to_x,
                            double to_y, double limit, sund_way *out) {
  sund_ctx *scratch = sund_ctx_child(ctx);
  if (!scratch) return SUND_LIMIT;
  const sund_places places = {.rows = 1, .x = &to_x, .y = &to_y};
  overland_task task = {.o = overland, .limit = limit, .k = 1, .n = 1, .x = &from_x, .y = &from_y};
  straight_set *set;
  sund_code code = overland_place_open(scratch, overland, &places, &set);
  task.set = code == SUND_OK ? set : NULL;
  if (code == SUND_OK) code = overland_search(scratch, &task);
  if (code != SUND_OK) code = sund_ctx_pass(ctx, scratch);
  else code = trace(ctx, &task, to_x, to_y, out);
  sund_ctx_free(scratch);
  return code;
}
