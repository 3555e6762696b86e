/* access_gains.c - what candidates would change: the exact gain of each alone, and the greedy order to a target.
 *
 * Greedy: the candidate that gains most persons (per cost when every candidate has one) is made; those that this can
 * touch are tried again; and so on until the target is met, nothing gains, or all are made. Equal gains go to the
 * candidate that was given first, gates before paths before green areas. For gates and areas the greedy order reaches
 * at least 1 - 1/e of what is best with as many (Nemhauser, Wolsey and Fisher 1978); two paths that help only together
 * gain nothing alone, and greedy does not find them. docs/gains.md.
 */
#include "access_gains.h"

#include <math.h>
#include <string.h>

/* The standard's answer that candidates are judged by. */
static sund_code choose_answer(sund_ctx *ctx, const access_run *run, const access_answer **out) {
  const char *name = run->options->gain;
  for (size_t a = 0; a < run->standards; a++)
    if (!name || strcmp(run->answer[a].standard->name, name) == 0) {
      *out = &run->answer[a];
      return SUND_OK;
    }
  return name ? sund_fail(ctx, SUND_USAGE, "--gain %s is none of the standards asked for", name)
              : sund_fail(ctx, SUND_USAGE, "candidates need a standard to be judged by: give --standard");
}

/* -------------------------------------------------------------------------------------------------- evaluation */

typedef struct gains_job {
  gains_town *town;
  const size_t *candidate; /* to be tried */
} gains_job;

static sund_code try_block(sund_ctx *worker, size_t begin, size_t end, void *data) {
  const gains_job *job = data;
  for (size_t k = begin; k < end; k++) {
    gains_candidate *c = &job->town->candidate[job->candidate[k]];
    gains_effect effect;
    TRY(gains_try(worker, job->town, c, &effect));
    c->now = effect.outcome;
    c->stale = false;
  }
  return SUND_OK;
}

/* Tries the candidates whose outcome is not known any more. A block is one candidate: its memory goes with it. */
static sund_code try_stale(sund_ctx *ctx, gains_town *town) {
  sund_ctx *scratch = sund_ctx_child(ctx);
  if (!scratch) return SUND_LIMIT;
  size_t *list = sund_alloc(scratch, town->candidates, sizeof *list), count = 0;
  for (size_t k = 0; list && k < town->candidates; k++)
    if (town->candidate[k].stale && !town->candidate[k].rank) list[count++] = k;
  gains_job job = {town, list};
  if (list) sund_for(scratch, count, 1, try_block, &job);
  sund_ctx_pass(ctx, scratch);
  sund_ctx_free(scratch);
  return sund_failure(ctx, NULL, NULL, NULL);
}

/* ------------------------------------------------------------------------------------------------------ greedy */

static double share_of(const gains_town *town) {
  return town->assessed > 0 ? 100 * town->met / town->assessed : NAN;
}

static bool all_cost(const gains_town *town) {
  for (size_t k = 0; k < town->candidates; k++)
    if (!(town->candidate[k].cost > 0)) return false;
  return true;
}

/* The candidate that gains most, SIZE_MAX when none gains. */
static size_t best_of(const gains_town *town, bool by_cost) {
  /* Persons of a spread home are fractions: less than this is rounding. */
  static const double LEAST = 1e-6;
  size_t best = SIZE_MAX;
  double most = 0;
  for (size_t k = 0; k < town->candidates; k++) {
    const gains_candidate *c = &town->candidate[k];
    double score = by_cost ? c->now.met / c->cost : c->now.met;
    if (c->rank || !(c->now.met > LEAST) || !(score > most)) continue;
    best = k, most = score;
  }
  return best;
}

static sund_code pick(sund_ctx *ctx, gains_town *town, size_t k, size_t rank) {
  gains_candidate *c = &town->candidate[k];
  gains_effect effect;
  sund_ctx *scratch = sund_ctx_child(ctx);
  if (!scratch) return SUND_LIMIT;
  sund_code code = gains_try(scratch, town, c, &effect);
  if (code == SUND_OK) code = gains_commit(ctx, town, k, &effect);
  for (size_t other = 0; code == SUND_OK && other < town->candidates; other++)
    if (box_meets(town->candidate[other].now.reads, effect.writes)) town->candidate[other].stale = true;
  c->rank = rank, c->gain = c->now.met, c->share = share_of(town);
  sund_ctx_pass(ctx, scratch);
  sund_ctx_free(scratch);
  return sund_failure(ctx, NULL, NULL, NULL);
}

static sund_code pick_all(sund_ctx *ctx, gains_town *town) {
  const double target = town->run->options->target_pct;
  bool by_cost = all_cost(town);
  double spent = 0;
  for (size_t rank = 1; rank <= town->candidates; rank++) {
    if (target > 0 && share_of(town) >= target) return SUND_OK;
    size_t best = best_of(town, by_cost);
    if (best == SIZE_MAX) return SUND_OK;
    TRY(pick(ctx, town, best, rank));
    spent += town->candidate[best].cost;
    town->candidate[best].spent = spent;
    TRY(try_stale(ctx, town));
    TRY(sund_progress(ctx, 0.95 + 0.05 * (double)rank / (double)town->candidates, "candidates in order"));
  }
  return SUND_OK;
}

/* ------------------------------------------------------------------------------------------------------- notes */

/* Candidates that the way of measuring leaves without effect. */
static sund_code note_idle(sund_ctx *ctx, access_run *run, const access_answer *answer) {
  const sund_table *const *candidate = run->in->candidate;
  const sund_table *areas = candidate[SUND_AREA];
  const char **kind = areas ? sund_table_text(areas, "kind") : NULL;
  size_t lakes = 0;
  if (answer->way != BY_NETWORK && (candidate[SUND_POINT] || candidate[SUND_LINE]))
    TRY(access_note(ctx, run, "warning", "candidates",
                    "distances are not along a network: candidate gates and paths change nothing"));
  if (!answer->target->set->shapes && (candidate[SUND_POINT] || areas))
    TRY(access_note(ctx, run, "warning", "candidates",
                    "green is given as points: candidate gates and areas change nothing"));
  for (size_t r = 0; answer->way == BY_LAND && kind && r < areas->rows; r++)
    lakes += kind[r] && strcmp(kind[r], "lake") == 0;
  return lakes ? access_note(ctx, run, "note", "candidates",
                             "candidate lakes count as green; that they would be in the way is not considered")
               : SUND_OK;
}

sund_code access_gains(sund_ctx *ctx, access_run *run) {
  const sund_table *const *candidate = run->in->candidate;
  const access_answer *answer = NULL;
  gains_town town;
  if (!candidate[SUND_POINT] && !candidate[SUND_LINE] && !candidate[SUND_AREA]) return SUND_OK;
  if (run->way == BY_TABLE)
    return access_note(ctx, run, "warning", "candidates",
                       "distances come from a table: what candidates would change cannot be told");
  TRY(choose_answer(ctx, run, &answer));
  TRY(note_idle(ctx, run, answer));
  TRY(gains_town_new(ctx, run, answer, &town));
  double share_before = share_of(&town);
  for (size_t k = 0; k < town.candidates; k++) town.candidate[k].stale = true;
  TRY(sund_progress(ctx, 0.92, "candidates, each alone"));
  TRY(try_stale(ctx, &town));
  for (size_t k = 0; k < town.candidates; k++) {
    gains_candidate *c = &town.candidate[k];
    double met = town.met + c->now.met, assessed = town.assessed + c->now.assessed;
    c->alone = c->now;
    c->share_alone = assessed > 0 ? 100 * met / assessed - (isnan(share_before) ? 0 : share_before) : NAN;
  }
  TRY(pick_all(ctx, &town));
  return gains_report(ctx, run, &town, share_before);
}
