/* catchment_joint.c - two places together: the jobs and persons that both reach, that either reaches, and how much of the
 * one the other is.
 *
 * From the answers alone. A target is reached by both when the slower of the two ways is within the bound, and by either
 * when the faster one is. Overlap is both over either (Jaccard 1901), of jobs where jobs are given, else of persons.
 */
#include "catchment_joint.h"

#include <math.h>
#include <string.h>

/* ---------------------------------------------------------------------------------------------------------- pairs */

static bool on_two_shores(const catchment_town *t, size_t a, size_t b) {
  return t->place_shore[a] >= 0 && t->place_shore[b] >= 0 && t->place_shore[a] != t->place_shore[b];
}

sund_code joint_pairs(sund_ctx *ctx, const catchment_run *run, bool across, size_t *count, joint_pair **out) {
  const catchment_town *t = &run->town;
  bool known = false;
  for (size_t i = 0; i < t->places; i++) known = known || t->place_shore[i] >= 0;
  const bool some = known && (across || t->places > JOINT_ALL_PLACES);
  size_t n = 0;
  for (int pass = 0; pass < 2; pass++) {
    n = 0;
    for (size_t a = 0; a < t->places; a++)
      for (size_t b = a + 1; b < t->places; b++) {
        if (some && !on_two_shores(t, a, b)) continue;
        if (pass == 1) (*out)[n] = (joint_pair){a, b};
        n++;
      }
    if (pass == 0 && !(*out = sund_alloc(ctx, n, sizeof **out))) return SUND_LIMIT;
  }
  *count = n;
  return SUND_OK;
}

/* ---------------------------------------------------------------------------------------------------------- counts */

/* The first bound a time is within; run->bounds = none. */
static size_t first_bound(const catchment_run *run, uint32_t units) {
  size_t b = 0;
  while (b < run->bounds && units > run->bound[b]) b++;
  return b;
}

static void add(joint_sums *out, const double what[2], bool a, bool b) {
  for (size_t k = 0; k < 2; k++) {
    if (a) out->a[k] += what[k];
    if (b) out->b[k] += what[k];
    if (a && b) out->both[k] += what[k];
  }
}

void joint_count(const catchment_run *run, const uint32_t *time_a, const uint32_t *time_b, joint_sums *out) {
  const catchment_town *t = &run->town;
  for (size_t b = 0; b < run->bounds; b++) out[b] = (joint_sums){{0}, {0}, {0}};
  for (size_t k = 0; k < t->targets; k++) {
    const size_t from_a = first_bound(run, time_a[k]), from_b = first_bound(run, time_b[k]);
    const double what[2] = {t->persons[k], t->jobs[k]};
    for (size_t b = from_a < from_b ? from_a : from_b; b < run->bounds; b++)
      add(&out[b], what, b >= from_a, b >= from_b);
  }
}

static double either(const joint_sums *s, size_t k) {
  return s->a[k] + s->b[k] - s->both[k];
}

/* Percent; NAN when neither reaches anything. */
static double overlap(const joint_sums *s, size_t k) {
  return either(s, k) > 0 ? 100 * s->both[k] / either(s, k) : NAN;
}

/* ----------------------------------------------------------------------------------------------------------- told */

#define T(name, da, sv, en) \
  { name, SUND_TEXT, NULL, {da, sv, en}, NULL }
#define R(name, unit, da, sv, en) \
  { name, SUND_REAL, unit, {da, sv, en}, NULL }

enum { MODE = 4, SCENARIO, ACROSS, REALS, SHRINK = 18, FIELDS };
static const sund_field fields[FIELDS] = {
    T("place_a", "sted A", "plats A", "place A"),
    T("name_a", "navn A", "namn A", "name A"),
    T("place_b", "sted B", "plats B", "place B"),
    T("name_b", "navn B", "namn B", "name B"),
    {"mode", SUND_TEXT, NULL, {"transportform", "färdsätt", "mode"}, catchment_mode_choices},
    T("scenario", "scenarie", "scenario", "scenario"),
    {"across", SUND_INT, NULL, {"på hver sin kyst", "på var sin kust", "on different shores"}, NULL},
    R("minutes", "min", "inden for", "inom", "within"),
    R("jobs_a", "jobs", "arbejdspladser A når", "arbetstillfällen A når", "jobs A reaches"),
    R("jobs_b", "jobs", "arbejdspladser B når", "arbetstillfällen B når", "jobs B reaches"),
    R("joint_jobs", "jobs", "arbejdspladser begge når", "arbetstillfällen båda når", "jobs both reach"),
    R("either_jobs", "jobs", "arbejdspladser en af dem når", "arbetstillfällen någon av dem når",
      "jobs either reaches"),
    R("overlap_jobs_pct", "%", "fælles andel af arbejdspladser", "gemensam andel av arbetstillfällen",
      "overlap of jobs"),
    R("persons_a", "persons", "personer A når", "personer A når", "persons A reaches"),
    R("persons_b", "persons", "personer B når", "personer B når", "persons B reaches"),
    R("joint_persons", "persons", "personer begge når", "personer båda når", "persons both reach"),
    R("either_persons", "persons", "personer en af dem når", "personer någon av dem når", "persons either reaches"),
    R("overlap_persons_pct", "%", "fælles andel af personer", "gemensam andel av personer", "overlap of persons"),
    R("shrink_min", "min", "kortere overfart", "kortare överfart", "shorter crossing"),
};

static void fill_row(const catchment_run *run, const joint_row *row, const sund_table *table, size_t at,
                     bool shrunk) {
  const catchment_town *t = &run->town;
  const size_t place[2] = {row->pair.a, row->pair.b};
  const bool known[2] = {t->home_count > 0, t->job_count > 0};
  const joint_sums *s = &row->sums;
  size_t c = REALS;
  for (size_t k = 0; k < 2; k++) {
    table->column[2 * k].text[at] = t->place_id[place[k]];
    table->column[2 * k + 1].text[at] = t->place_name[place[k]];
  }
  table->column[MODE].text[at] = catchment_mode_names[row->mode];
  table->column[SCENARIO].text[at] = run->variant[row->variant].name;
  const bool shores = t->place_shore[place[0]] >= 0 && t->place_shore[place[1]] >= 0;
  table->column[ACROSS].integer[at] = shores ? on_two_shores(t, place[0], place[1]) : SUND_NULL_INT;
  table->column[c++].real[at] = run->minutes[row->bound];
  for (size_t k = 2; k-- > 0;) { /* jobs, then persons */
    const double value[] = {s->a[k], s->b[k], s->both[k], either(s, k), overlap(s, k)};
    for (size_t v = 0; v < sizeof value / sizeof *value; v++) table->column[c++].real[at] = known[k] ? value[v] : NAN;
  }
  if (shrunk) table->column[SHRINK].real[at] = row->shrink_min;
}

static sund_code write_layer(sund_ctx *ctx, catchment_run *run, size_t rows, const joint_row *row, bool shrunk) {
  sund_table *table;
  TRY(sund_table_new(ctx, shrunk ? "catchment_shrink" : "catchment_joint", SUND_NONE, rows, fields,
                     shrunk ? FIELDS : SHRINK, &table));
  for (size_t r = 0; r < rows; r++) fill_row(run, &row[r], table, r, shrunk);
  sund_layer layer = {.table = table,
                      .title = {"Fælles opland", "Gemensamt omland", "Joint catchment"},
                      .summary = {"Hvad to steder begge når inden for så mange minutter",
                                  "Vad två platser båda når inom så många minuter",
                                  "What two places both reach within so many minutes"}};
  const sund_layer shrink = {.table = table,
                             .title = {"Fælles opland, kortere overfart", "Gemensamt omland, kortare överfart",
                                       "Joint catchment, shorter crossings"},
                             .summary = {"Det samme, når hver overfart tager så mange minutter mindre",
                                         "Detsamma, när varje överfart tar så många minuter mindre",
                                         "The same when every crossing takes so many minutes less"}};
  if (shrunk) layer = shrink;
  return sund_results_layer(ctx, run->out, layer);
}

/* "car/30", and "car/30/-10min" with ten minutes taken off. */
static const char *variant_text(sund_ctx *ctx, const catchment_run *run, const joint_row *row, bool shrunk) {
  const char *text = catchment_variant_text(ctx, run, row->mode, row->bound, run->main);
  return text && shrunk ? sund_text(ctx, "%s/-%.10gmin", text, row->shrink_min) : text;
}

static sund_code tell_row(sund_ctx *ctx, catchment_run *run, const joint_row *row, bool shrunk) {
  static const struct {
    const char *name, *unit;
  } joint[2] = {{"catchment.joint_persons", "persons"}, {"catchment.joint_jobs", "jobs"}};
  const catchment_town *t = &run->town;
  const bool known[2] = {t->home_count > 0, t->job_count > 0};
  const size_t a = row->pair.a, b = row->pair.b, shares = known[1] ? 1 : 0;
  const char *text = variant_text(ctx, run, row, shrunk);
  const char *id = sund_text(ctx, "%s+%s", t->place_id[a], t->place_id[b]);
  const char *name = sund_text(ctx, "%s + %s", t->place_name[a], t->place_name[b]);
  if (!text || !id || !name) return SUND_LIMIT;
  sund_indicator told = catchment_indicator(run, row->variant, a, NULL, text, NAN, NULL);
  told.unit_id = id, told.unit_name = name, told.unit_level = "pair";
  if (t->place_shore[a] != t->place_shore[b]) told.unit_country = NULL;
  for (size_t k = 2; k-- > 0;) {
    if (!known[k]) continue;
    told.indicator = joint[k].name, told.unit = told.base_unit = joint[k].unit;
    told.value = row->sums.both[k], told.base = either(&row->sums, k);
    TRY(sund_results_indicator(ctx, run->out, told));
  }
  told.indicator = "catchment.overlap", told.unit = "%", told.base_unit = joint[shares].unit;
  told.value = overlap(&row->sums, shares), told.base = either(&row->sums, shares);
  return sund_results_indicator(ctx, run->out, told);
}

sund_code joint_tell(sund_ctx *ctx, catchment_run *run, size_t rows, const joint_row *row, bool shrunk) {
  if (rows == 0) return SUND_OK;
  for (size_t r = 0; r < rows; r++) TRY(tell_row(ctx, run, &row[r], shrunk));
  return write_layer(ctx, run, rows, row, shrunk);
}

/* ------------------------------------------------------------------------------------------------------------ all */

typedef struct joint_job {
  const catchment_run *run;
  size_t pairs;
  const joint_pair *pair;
  size_t answers; /* variants x modes that were asked for */
  const size_t *variant;
  const sund_mode *mode;
  joint_row *row; /* answers x pairs x bounds */
} joint_job;

static sund_code count_pairs(sund_ctx *worker, size_t begin, size_t end, void *data) {
  const joint_job *job = data;
  const catchment_run *run = job->run;
  joint_sums *sums = sund_alloc(worker, run->bounds, sizeof *sums);
  if (!sums) return SUND_LIMIT;
  for (size_t i = begin; i < end; i++) {
    const size_t v = job->variant[i / job->pairs];
    const sund_mode mode = job->mode[i / job->pairs];
    const joint_pair pair = job->pair[i % job->pairs];
    joint_count(run, catchment_answer_of(run, v, mode, pair.a)->time[run->main],
                catchment_answer_of(run, v, mode, pair.b)->time[run->main], sums);
    for (size_t b = 0; b < run->bounds; b++)
      job->row[i * run->bounds + b] =
          (joint_row){.pair = pair, .variant = v, .bound = b, .mode = mode, .sums = sums[b]};
  }
  return SUND_OK;
}

static sund_code count_all(sund_ctx *ctx, catchment_run *run, joint_job *job) {
  size_t *variant = sund_alloc(ctx, run->variants * SUND_MODES, sizeof *variant);
  sund_mode *mode = sund_alloc(ctx, run->variants * SUND_MODES, sizeof *mode);
  if (!variant || !mode) return SUND_LIMIT;
  for (size_t v = 0; v < run->variants; v++)
    for (int m = 0; m < SUND_MODES; m++)
      if (catchment_answer_of(run, v, (sund_mode)m, 0)->time)
        variant[job->answers] = v, mode[job->answers++] = (sund_mode)m;
  job->variant = variant;
  job->mode = mode;
  if (!(job->row = sund_alloc(ctx, job->answers * job->pairs * run->bounds, sizeof *job->row))) return SUND_LIMIT;
  return sund_for(ctx, job->answers * job->pairs, 1, count_pairs, job);
}

sund_code catchment_joint(sund_ctx *ctx, catchment_run *run) {
  joint_job job = {.run = run};
  joint_pair *pair;
  if (run->town.places < 2) return SUND_OK;
  if (catchment_wants_measure(run->options, "joint")) {
    TRY(joint_pairs(ctx, run, false, &job.pairs, &pair));
    job.pair = pair;
    if (job.pairs) TRY(count_all(ctx, run, &job));
    TRY(joint_tell(ctx, run, job.answers * job.pairs * run->bounds, job.row, false));
  }
  return catchment_wants_measure(run->options, "shrink") ? catchment_shrink(ctx, run) : SUND_OK;
}
