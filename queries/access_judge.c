/* access_judge.c - near enough, too far, or not to be known.
 *
 * A home that the data cannot place between paths and green has no verdict, whatever the distance found: to count its
 * "yes" but not its "no" would bend the share.
 */
#include <math.h>

#include "access.h"

/* Does (x, y) lie outside all that the role's sources say they cover? */
static bool beyond(const sund_inputs *in, sund_role role, double x, double y) {
  for (size_t i = 0; i < in->extents[role]; i++) {
    const double *e = in->extent[role][i];
    if (x >= e[0] && x <= e[2] && y >= e[1] && y <= e[3]) return false;
  }
  return in->extents[role] > 0;
}

/* Why the straight line says yes and the way no, when the data of the way end before the green. */
static uint8_t why_not(const access_run *run, const access_answer *answer, double x, double y) {
  if (!run->in->role[SUND_AREAS]) return REASON_NONE;
  if (answer->way == BY_NETWORK && beyond(run->in, SUND_PATHS, x, y)) return REASON_PATHS_END;
  if (answer->way == BY_LAND && beyond(run->in, SUND_LAND, x, y)) return REASON_LAND_ENDS;
  return REASON_NONE;
}

int8_t access_judge(const access_run *run, const access_answer *answer, double snap_limit_m, size_t home,
                    uint8_t *reason) {
  const access_reach *straight = &answer->target->by[BY_STRAIGHT];
  double dist = answer->target->by[answer->way].metres[home], gap = run->gap_m[home];
  *reason = REASON_NONE;
  if (answer->way == BY_NETWORK && !access_has_path(run, snap_limit_m, home)) *reason = REASON_NO_PATH;
  else if (answer->way == BY_LAND && run->lost[home]) *reason = REASON_NO_LAND;
  else if (isfinite(gap) && !(straight->metres[home] <= gap)) *reason = REASON_GREEN_ENDS;
  else if (dist <= answer->max) return 1;
  else if (answer->way != BY_TABLE && straight->metres[home] <= answer->max)
    *reason = why_not(run, answer, straight->near_x[home], straight->near_y[home]);
  return *reason == REASON_NONE ? 0 : -1;
}

/* One finding a reason: the standards it touches, with persons. persons: standards x reasons. */
static sund_code note_unassessed(sund_ctx *ctx, access_run *run, double (*persons)[REASONS]) {
  static const char *const source[REASONS] = {NULL, "paths", "land", "green", "paths", "land"};
  static const char *const why[REASONS] = {
      NULL,
      "no path lies within the snap limit of their homes",
      "their homes lie in the water as land or sea draw it; give land that covers them",
      "green data end nearer to their homes than any green; give the neighbours' green areas, or sources whose "
      "extent "
      "covers them",
      "the nearest green lies where path data end; give the neighbours' paths",
      "the nearest green lies where land data end; give the neighbours' land"};
  for (int r = REASON_NO_PATH; r < REASONS; r++) {
    const char *list = "";
    for (size_t a = 0; a < run->standards; a++) {
      if (!(persons[a][r] > 0)) continue;
      list = sund_text(ctx, "%s%s%s %.0f", list, *list ? ", " : "", run->answer[a].standard->name, persons[a][r]);
      if (!list) return SUND_LIMIT;
    }
    if (!*list) continue;
    const char *text = sund_text(ctx, "persons unassessed because %s: %s", why[r], list);
    if (!text) return SUND_LIMIT;
    TRY(access_note(ctx, run, "warning", source[r], text));
  }
  return SUND_OK;
}

typedef struct judging {
  access_run *run;
  double (*persons)[REASONS]; /* answers: persons by reason */
  uint8_t **reason;           /* answers: homes             */
} judging;

static sund_code judge_block(sund_ctx *worker, size_t begin, size_t end, void *data) {
  (void)worker;
  judging *j = data;
  const access_run *run = j->run;
  for (size_t a = begin; a < end; a++)
    for (size_t i = 0; i < run->homes->count; i++) {
      uint8_t *reason = &j->reason[a][i];
      run->answer[a].met[i] = access_judge(run, &run->answer[a], run->options->snap_limit_m, i, reason);
      j->persons[a][*reason] += run->homes->persons[i];
    }
  return SUND_OK;
}

sund_code access_judge_all(sund_ctx *ctx, access_run *run) {
  size_t count = run->homes->count;
  judging j = {run, sund_alloc(ctx, run->answers, sizeof *j.persons),
               sund_alloc(ctx, run->answers, sizeof *j.reason)};
  if (!j.persons || !j.reason || !(run->reason = sund_alloc(ctx, count, 1))) return SUND_LIMIT;
  for (size_t a = 0; a < run->answers; a++)
    if (!(run->answer[a].met = sund_alloc(ctx, count, 1)) || !(j.reason[a] = sund_alloc(ctx, count, 1)))
      return SUND_LIMIT;
  TRY(sund_for(ctx, run->answers, 1, judge_block, &j));
  for (size_t a = 0; a < run->standards; a++) /* the first standard that has one gives the home's reason */
    for (size_t i = 0; i < count; i++)
      if (run->reason[i] == REASON_NONE) run->reason[i] = j.reason[a][i];
  return note_unassessed(ctx, run, j.persons);
}
