/* catchment_town.c - who lives and works where: homes and places of work as targets, the places asked about, and the
 * shore each of them is on.
 *
 * Everybody counts who is in the data, also outside the reporting areas: a catchment does not end at a border. The shore
 * is the country of the area a point lies in, or of the nearest one within a short way for piers and coarse coasts.
 */
#include <math.h>
#include <string.h>

#include "catchment.h"

/* Larger polygons are spread over their land; a point this far off an area still belongs to it. */
static const double SPREAD_ABOVE_M = 300, BESIDE_M = 1000;

/* Jobs as homes_prepare reads homes: the column jobs stands for persons. */
static sund_code as_homes(sund_ctx *ctx, const sund_table *jobs, sund_table **out) {
  static const sund_field persons = {"persons", SUND_REAL, NULL, {NULL, NULL, NULL}, NULL};
  sund_table *table = sund_alloc(ctx, 1, sizeof *table);
  sund_column *column = sund_alloc(ctx, 1, sizeof *column);
  if (!table || !column) return SUND_LIMIT;
  double *value = sund_alloc(ctx, jobs->rows, sizeof *value);
  const double *given = sund_table_real(jobs, "jobs");
  if (!value) return SUND_LIMIT;
  for (size_t r = 0; r < jobs->rows; r++) value[r] = given && !isnan(given[r]) ? given[r] : 0;
  *column = (sund_column){.field = persons, .real = value};
  *table = *jobs;
  table->columns = 1;
  table->column = column;
  *out = table;
  return SUND_OK;
}

/* Points of a role with what they count, spread where they are large; *out NULL when the role was not given. */
static sund_code prepare(sund_ctx *ctx, catchment_run *run, sund_role role, homes **out) {
  const sund_table *table = run->in->role[role];
  *out = NULL;
  if (!table || table->rows == 0) return SUND_OK;
  if (table->kind == SUND_NONE)
    return sund_fail(ctx, SUND_DATA, "%s has no place in it; catchment needs points or polygons",
                     sund_role_of(role)->name);
  sund_table *jobs = NULL;
  sund_inputs in = *run->in; /* without areas: homes outside them count as well */
  in.role[SUND_AREAS] = NULL;
  if (role == SUND_JOBS) TRY(as_homes(ctx, table, &jobs));
  in.role[SUND_HOMES] = jobs ? jobs : table;
  const homes_options how = {.spread_above_m = SPREAD_ABOVE_M, .piece_m = run->options->piece_m};
  TRY(homes_prepare(ctx, &in, &how, out, &run->out->findings));
  if (!(*out)->spread) return SUND_OK;
  const char *text = sund_text(ctx, "%zu polygons longer than %g m are spread over their land in pieces of %g m",
                               (*out)->spread, SPREAD_ABOVE_M, how.piece_m);
  return text ? catchment_note(ctx, run, "note", sund_role_of(role)->name, text, NAN, NAN) : SUND_LIMIT;
}

static sund_code make_targets(sund_ctx *ctx, catchment_run *run) {
  catchment_town *t = &run->town;
  homes *work = NULL;
  TRY(prepare(ctx, run, SUND_HOMES, &t->homes));
  TRY(prepare(ctx, run, SUND_JOBS, &work));
  t->home_count = t->homes ? t->homes->count : 0;
  t->job_count = work ? work->count : 0;
  t->targets = t->home_count + t->job_count + t->places;
  if (!(t->x = sund_alloc(ctx, t->targets, sizeof *t->x)) || !(t->y = sund_alloc(ctx, t->targets, sizeof *t->y)) ||
      !(t->persons = sund_alloc(ctx, t->targets, sizeof *t->persons)) ||
      !(t->jobs = sund_alloc(ctx, t->targets, sizeof *t->jobs)))
    return SUND_LIMIT;
  for (size_t i = 0; i < t->targets; i++) {
    const bool home = i < t->home_count;
    if (i >= t->home_count + t->job_count) { /* a place: nobody lives or works in it, but ways lead there */
      t->x[i] = t->place_x[i - t->home_count - t->job_count];
      t->y[i] = t->place_y[i - t->home_count - t->job_count];
      continue;
    }
    const homes *of = home ? t->homes : work;
    const size_t k = home ? i : i - t->home_count;
    t->x[i] = of->x[k], t->y[i] = of->y[k];
    *(home ? &t->persons[i] : &t->jobs[i]) = of->persons[k];
    *(home ? &t->all_persons : &t->all_jobs) += of->persons[k];
  }
  return SUND_OK;
}

/* ---------------------------------------------------------------------------------------------------------- shores */

typedef struct locate_job {
  const sund_segments *areas;
  const double *x, *y;
  double reach; /* map metres */
  size_t *area; /* SIZE_MAX = in none */
} locate_job;

static sund_code locate(sund_ctx *worker, size_t begin, size_t end, void *data) {
  (void)worker;
  const locate_job *job = data;
  double x, y, metres;
  for (size_t i = begin; i < end; i++) {
    job->area[i] = sund_segments_inside(job->areas, job->x[i], job->y[i], NULL);
    if (job->area[i] == SIZE_MAX)
      job->area[i] = sund_segments_nearest(job->areas, job->x[i], job->y[i], job->reach, NULL, true, &x, &y, &metres);
  }
  return SUND_OK;
}

static sund_code locate_all(sund_ctx *ctx, const catchment_run *run, size_t n, const double *x, const double *y,
                            const sund_segments *areas, size_t **out) {
  double smallest = 1, largest = 1;
  if (run->ground) sund_ground_scale(run->ground, &smallest, &largest);
  locate_job job = {areas, x, y, BESIDE_M * largest, sund_alloc(ctx, n, sizeof(size_t))};
  if (!job.area) return SUND_LIMIT;
  for (size_t i = 0; i < n; i++) job.area[i] = SIZE_MAX;
  if (areas) TRY(sund_for(ctx, n, 256, locate, &job));
  *out = job.area;
  return SUND_OK;
}

/* Countries of the areas, numbered in order of appearance. */
static sund_code number_shores(sund_ctx *ctx, catchment_run *run, int32_t **shore_of) {
  const sund_table *areas = run->in->role[SUND_AREAS];
  const char **country = areas ? sund_table_text(areas, "country") : NULL;
  const size_t rows = areas ? areas->rows : 0;
  int32_t count = 0;
  if (!(*shore_of = sund_alloc(ctx, rows, sizeof **shore_of)) ||
      !(run->town.country = sund_alloc(ctx, rows, sizeof *run->town.country)))
    return SUND_LIMIT;
  for (size_t r = 0; r < rows; r++) {
    (*shore_of)[r] = -1;
    if (!country || !country[r]) continue;
    int32_t k = 0;
    while (k < count && strcmp(run->town.country[k], country[r]) != 0) k++;
    if (k == count) run->town.country[count++] = country[r];
    (*shore_of)[r] = k;
  }
  return SUND_OK;
}

static sund_code find_shores(sund_ctx *ctx, catchment_run *run, size_t n, const size_t *area, const int32_t *shore_of,
                             int32_t **out) {
  (void)run;
  if (!(*out = sund_alloc(ctx, n, sizeof **out))) return SUND_LIMIT;
  for (size_t i = 0; i < n; i++) (*out)[i] = area[i] == SIZE_MAX ? -1 : shore_of[area[i]];
  return SUND_OK;
}

/* ---------------------------------------------------------------------------------------------------------- places */

static sund_code make_places(sund_ctx *ctx, catchment_run *run) {
  const sund_table *places = run->in->role[SUND_PLACES];
  catchment_town *t = &run->town;
  if (!places) return SUND_OK;
  const char **id = sund_table_text(places, "id"), **name = sund_table_text(places, "name");
  t->places = places->rows;
  t->place_x = places->x, t->place_y = places->y;
  if (!(t->place_id = sund_alloc(ctx, t->places, sizeof *t->place_id)) ||
      !(t->place_name = sund_alloc(ctx, t->places, sizeof *t->place_name)))
    return SUND_LIMIT;
  for (size_t i = 0; i < t->places; i++) {
    t->place_id[i] = id ? id[i] : NULL;
    t->place_name[i] = name && name[i] ? name[i] : t->place_id[i];
    if (t->place_id[i]) continue;
    sund_fail(ctx, SUND_DATA, "a place has no id");
    return sund_blame(ctx, sund_table_source(places, i), sund_table_feature(places, i));
  }
  for (size_t i = 0; i < t->places; i++)
    for (size_t k = 0; k < i; k++)
      if (strcmp(t->place_id[i], t->place_id[k]) == 0) {
        sund_fail(ctx, SUND_DATA, "two places have the id %s", t->place_id[i]);
        return sund_blame(ctx, sund_table_source(places, i), sund_table_feature(places, i));
      }
  return SUND_OK;
}

sund_code catchment_town_make(sund_ctx *ctx, catchment_run *run) {
  const sund_table *areas = run->in->role[SUND_AREAS];
  catchment_town *t = &run->town;
  sund_segments *index = NULL;
  int32_t *shore_of;
  TRY(make_places(ctx, run));
  TRY(make_targets(ctx, run));
  TRY(number_shores(ctx, run, &shore_of));
  if (areas && areas->shapes) TRY(sund_segments_build(ctx, areas->shapes, &index));
  TRY(locate_all(ctx, run, t->targets, t->x, t->y, index, &t->target_area));
  TRY(locate_all(ctx, run, t->places, t->place_x, t->place_y, index, &t->place_area));
  TRY(find_shores(ctx, run, t->targets, t->target_area, shore_of, &t->shore));
  return find_shores(ctx, run, t->places, t->place_area, shore_of, &t->place_shore);
}
