/* catchment_transit_quays.c - stops that hang in the air: far from any path, or with no way to any other stop.
 *
 * One missing link between a ferry quay and the station beside it is enough to lose a shore (a whole northern Sound, in a
 * planner that nobody looked at), so ferry quays are named one by one; of other stops the number and one of them.
 */
#include <math.h>

#include "catchment_transit.h"

enum { BY_FERRY = 4, BY_OTHERS = 8, CALLED_AT = 3 };

/* Stops joined with a stop where something else than a ferry calls: bit 1, with any other stop: bit 2. */
static sund_code note_joined(sund_ctx *ctx, const catchment_transit *t, uint8_t **out) {
  uint8_t *joined = sund_alloc(ctx, t->stops, 1);
  if (!joined) return SUND_LIMIT;
  for (size_t i = 0; i < t->links.count; i++) {
    const uint32_t from = t->links.from[i], to = t->links.to[i];
    if (from == to) continue;
    joined[from] |= (uint8_t)(2 | (t->served[to] & BY_OTHERS ? 1 : 0));
    joined[to] |= (uint8_t)(2 | (t->served[from] & BY_OTHERS ? 1 : 0));
  }
  for (size_t s = 0; s < t->stops; s++)
    if (t->served[s] & BY_OTHERS) joined[s] |= 1;
  *out = joined;
  return SUND_OK;
}

static bool has_path(const catchment_run *run, const catchment_transit *t, size_t stop) {
  return !run->graph || t->walks->spot[t->point[stop]].edge != SUND_NO_EDGE;
}

static sund_code tell_quay(sund_ctx *ctx, catchment_run *run, const catchment_transit *t, size_t s, bool path,
                           bool joined) {
  const char *name = t->service->stop[s].name ? t->service->stop[s].name : t->service->stop[s].id;
  const char *text =
      !path
          ? sund_text(ctx, "the ferry quay %s (%s) lies more than %g m from any path%s", name, t->service->stop[s].id,
                      run->options->snap_limit_m, joined ? "" : ", and no bus or train stop is linked to it")
          : sund_text(ctx, "no bus or train stop is linked to the ferry quay %s (%s): nobody can change there", name,
                      t->service->stop[s].id);
  return text ? catchment_note(ctx, run, "warning", "timetable", text, t->x[s], t->y[s]) : SUND_LIMIT;
}

static sund_code tell_others(sund_ctx *ctx, catchment_run *run, const catchment_transit *t, size_t count, size_t one,
                             const char *what) {
  if (count == 0) return SUND_OK;
  const char *name = t->service->stop[one].name ? t->service->stop[one].name : t->service->stop[one].id;
  const char *text = sund_text(ctx, "%zu stops %s; one of them is %s", count, what, name);
  return text ? catchment_note(ctx, run, "warning", "timetable", text, t->x[one], t->y[one]) : SUND_LIMIT;
}

sund_code transit_quays(sund_ctx *ctx, catchment_run *run, const catchment_transit *t) {
  uint8_t *joined;
  size_t far = 0, alone = 0, one_far = 0, one_alone = 0;
  TRY(note_joined(ctx, t, &joined));
  for (size_t s = 0; s < t->service->stops; s++) {
    if (!(t->served[s] & CALLED_AT)) continue;
    const bool path = has_path(run, t, s);
    if (t->served[s] & BY_FERRY) {
      if (!path || !(joined[s] & 1)) TRY(tell_quay(ctx, run, t, s, path, joined[s] & 1));
    } else if (!path) {
      if (far++ == 0) one_far = s;
    } else if (!joined[s]) {
      if (alone++ == 0) one_alone = s;
    }
  }
  const char *farther = sund_text(ctx, "lie more than %g m from any path", run->options->snap_limit_m);
  if (!farther) return SUND_LIMIT;
  TRY(tell_others(ctx, run, t, far, one_far, farther));
  return tell_others(ctx, run, t, alone, one_alone, "are linked to no other stop");
}
