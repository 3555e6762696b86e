/* catchment_gate_read.c - what one row of a table of gates says: for whom it is, how long it takes, when it leaves, and
 * where its ends are.
 *
 * Minutes are those of the crossing itself; the border and being there before it leaves come on top. Times of the day hold
 * for every day: those of the day before that run past midnight, and those of the next morning, are added. A gate without
 * `times_back` sails back at the same times.
 */
#include "catchment_gate_read.h"

#include <math.h>
#include <string.h>

#include "catchment_transit.h"
#include "gate_words.h"

static const int32_t DAY_S = 86400;

const char *catchment_gate_name(sund_ctx *ctx, const sund_table *gates, size_t row) {
  const char **id = sund_table_text(gates, "id"), **name = sund_table_text(gates, "name");
  if (name && name[row]) return name[row];
  if (id && id[row]) return id[row];
  return sund_text(ctx, "%zu", row + 1);
}

static sund_code blame(sund_ctx *ctx, const sund_table *gates, size_t row) {
  return sund_blame(ctx, sund_table_source(gates, row), sund_table_feature(gates, row));
}

/* The value of a column, NAN when it is not there. */
static double real_of(const sund_table *gates, const char *column, size_t row) {
  const double *value = sund_table_real(gates, column);
  return value ? value[row] : NAN;
}

static const char *text_of(const sund_table *gates, const char *column, size_t row) {
  const char **value = sund_table_text(gates, column);
  return value && value[row] && *value[row] ? value[row] : NULL;
}

/* ----------------------------------------------------------------------------------------------------------- ends */

/* Stops of the timetable by that id or name. Asked for seldom: where a gate has neither a line nor the name of a place. */
static sund_code find_stop(sund_ctx *ctx, const catchment_run *run, const char *name, gate_end *out, bool *found) {
  sund_ctx *scratch = sund_ctx_child(ctx);
  if (!scratch) return SUND_LIMIT;
  const sund_service_ask ask = {.day = run->options->day, .begin_s = 0, .end_s = 2 * DAY_S};
  sund_service *service = NULL;
  sund_findings told = {0};
  sund_code code = sund_feeds_service(scratch, run->in->feeds, &ask, &service, &told);
  for (size_t pass = 0; code == SUND_OK && pass < 2 && !*found; pass++)
    for (size_t s = 0; s < service->stops && !*found; s++) {
      const sund_service_stop *stop = &service->stop[s];
      const char *of = pass == 0 ? stop->id : stop->name;
      if (!of || isnan(stop->x) || !(pass == 0 ? strcmp(of, name) == 0 : sund_same_name(of, name))) continue;
      out->x = stop->x, out->y = stop->y;
      *found = true;
    }
  if (code != SUND_OK) sund_ctx_pass(ctx, scratch);
  sund_ctx_free(scratch);
  return code;
}

static sund_code find_place(sund_ctx *ctx, const catchment_run *run, const char *name, gate_end *out) {
  const catchment_town *t = &run->town;
  bool found = false;
  for (size_t pass = 0; pass < 2 && !found; pass++)
    for (size_t i = 0; i < t->places && !found; i++) {
      const char *of = pass == 0 ? t->place_id[i] : t->place_name[i];
      if (!of || !(pass == 0 ? strcmp(of, name) == 0 : sund_same_name(of, name))) continue;
      out->x = t->place_x[i], out->y = t->place_y[i];
      found = true;
    }
  if (!found && run->in->feeds) TRY(find_stop(ctx, run, name, out, &found));
  if (found) return SUND_OK;
  const char *near = sund_nearest_word(name, t->places, t->place_id);
  return sund_fail(ctx, SUND_DATA, "gate: '%s' is no place and no stop%s%s%s", name, near ? "; did you mean '" : "",
                   near ? near : "", near ? "'?" : "");
}

/* First and last vertex of the line; else the places or stops that from and to name. */
static sund_code read_ends(sund_ctx *ctx, const catchment_run *run, const sund_table *gates, gate_row *out) {
  const size_t row = out->row;
  const sund_shapes *lines = catchment_gate_line(gates, row);
  if (lines) {
    const size_t first = lines->first_vertex[lines->first_part[row]];
    const size_t last = lines->first_vertex[lines->first_part[row + 1]] - 1;
    out->end[0].x = lines->x[first], out->end[0].y = lines->y[first];
    out->end[1].x = lines->x[last], out->end[1].y = lines->y[last];
    return SUND_OK;
  }
  const char *from = text_of(gates, "from", row), *to = text_of(gates, "to", row);
  if (!from || !to)
    return sund_fail(ctx, SUND_DATA, "gate: it has no line; give from and to, ids or names of places or stops");
  TRY(find_place(ctx, run, from, &out->end[0]));
  return find_place(ctx, run, to, &out->end[1]);
}

/* ---------------------------------------------------------------------------------------------------------- waits */

static uint32_t units_of(const catchment_run *run, double seconds) {
  const double units = round(seconds / run->unit_s);
  return units < (double)(SUND_BEYOND - 1) ? (uint32_t)units : SUND_BEYOND - 1;
}

/* Sailings in units after this day's midnight, from those of the day before that are still to come until the last that
 * anybody of the window can take. */
static sund_code spread_times(sund_ctx *ctx, const catchment_run *run, const char *text, size_t *count,
                              const uint32_t **out) {
  const double last_s =
      (double)run->lanes.depart_s + (double)run->lanes.count * run->lanes.step_s + (double)run->limit * run->unit_s;
  const size_t days = 2 + (size_t)fmax(last_s / DAY_S, 0);
  int32_t *seconds;
  size_t given, n = 0;
  TRY(gate_words_times(ctx, text, &given, &seconds));
  uint32_t *time = sund_alloc(ctx, days * given, sizeof *time);
  size_t *next = sund_alloc(ctx, days, sizeof *next);
  if (!time || !next) return SUND_LIMIT;
  int32_t *today = sund_alloc(ctx, given, sizeof *today);
  if (!today) return SUND_LIMIT;
  for (size_t k = 0; k < given; k++) {
    today[k] = seconds[k];
    TRY(catchment_clock(ctx, run, run->options->day, &today[k]));
  }
  for (;;) { /* merged, so that they rise */
    int64_t least = INT64_MAX;
    for (size_t day = 0; day < days; day++)
      if (next[day] < given) {
        const int64_t leaves = (day == 1 ? today : seconds)[next[day]] + ((int64_t)day - 1) * DAY_S;
        if (leaves < least) least = leaves;
      }
    if (least == INT64_MAX || (double)least > last_s) break;
    for (size_t day = 0; day < days; day++)
      if (next[day] < given && (day == 1 ? today : seconds)[next[day]] + ((int64_t)day - 1) * DAY_S == least)
        next[day]++;
    if (least >= 0) time[n++] = units_of(run, (double)least);
  }
  *count = n;
  *out = time;
  return SUND_OK;
}

static sund_code read_waits(sund_ctx *ctx, const catchment_run *run, const sund_table *gates, size_t row,
                            sund_gate *gate) {
  const char *times = text_of(gates, "times", row), *back = text_of(gates, "times_back", row);
  const double headway = real_of(gates, "headway_min", row);
  if (back && !times) return sund_fail(ctx, SUND_DATA, "gate: times_back is given and times is not");
  if (!times) {
    if (headway > 0) gate->headway = units_of(run, headway * 60);
    if (headway > 0 && gate->headway == 0) gate->headway = 1;
    return SUND_OK;
  }
  TRY(spread_times(ctx, run, times, &gate->times[0], &gate->time[0]));
  if (back) return spread_times(ctx, run, back, &gate->times[1], &gate->time[1]);
  gate->times[1] = gate->times[0];
  gate->time[1] = gate->time[0];
  return SUND_OK;
}

/* To be there before it leaves: of the mode, else of all. */
static double board_s(const sund_table *gates, size_t row, sund_mode mode) {
  static const char *const own[SUND_MODES] = {"board_walk_s", "board_bike_s", "board_car_s", "board_walk_s"};
  const double of_mode = real_of(gates, own[mode], row), of_all = real_of(gates, "board_s", row);
  return !isnan(of_mode) ? of_mode : !isnan(of_all) ? of_all : 0;
}

static sund_code read_row(sund_ctx *ctx, const catchment_run *run, const sund_table *gates, sund_mode mode,
                          gate_row *out, bool *used) {
  const size_t row = out->row;
  const double minutes = real_of(gates, "minutes", row), border = real_of(gates, "border_s", row);
  const char *oneway = text_of(gates, "oneway", row);
  const bool aboard = mode == SUND_TRANSIT && transit_bike_aboard(run);
  unsigned modes;
  TRY(gate_words_modes(ctx, text_of(gates, "modes", row), &modes));
  if (modes & 1u << SUND_WALK) modes |= 1u << SUND_TRANSIT;
  if (aboard) mode = SUND_BIKE; /* who has it along goes where it may */
  *used = modes >> mode & 1;
  if (!*used) return SUND_OK;
  if (!(minutes >= 0)) return sund_fail(ctx, SUND_DATA, "gate: minutes of the crossing are missing");
  out->gate = (sund_gate){.crossing = units_of(run, minutes * 60 + (isnan(border) ? 0 : border)),
                          .board = units_of(run, board_s(gates, row, mode)),
                          .back = !oneway || strcmp(oneway, "yes") != 0};
  TRY(read_waits(ctx, run, gates, row, &out->gate));
  return read_ends(ctx, run, gates, out);
}

sund_code catchment_gate_read(sund_ctx *ctx, const catchment_run *run, const sund_table *gates, size_t row,
                              sund_mode mode, gate_row *out, bool *used) {
  const char *name = catchment_gate_name(ctx, gates, row);
  if (!name) return SUND_LIMIT;
  *out = (gate_row){.row = row, .end = {{NAN, NAN, name}, {NAN, NAN, name}}};
  return read_row(ctx, run, gates, mode, out, used) == SUND_OK ? SUND_OK : blame(ctx, gates, row);
}

/* -------------------------------------------------------------------------------------------------------- findings */

static bool same_text(const char *a, const char *b) {
  return a && b ? strcmp(a, b) == 0 : a == b;
}

/* Has an earlier variant the same row? */
static bool told_before(const catchment_run *run, size_t variant, size_t row) {
  const sund_table *gates = run->variant[variant].gates;
  for (size_t v = 0; v < variant; v++) {
    const sund_table *other = run->variant[v].gates;
    for (size_t r = 0; other && r < other->rows; r++)
      if (sund_table_feature(other, r) == sund_table_feature(gates, row) &&
          same_text(sund_table_source(other, r), sund_table_source(gates, row)) &&
          same_text(text_of(other, "name", r), text_of(gates, "name", row)))
        return true;
  }
  return false;
}

static sund_code tell_row(sund_ctx *ctx, catchment_run *run, const sund_table *gates, size_t row) {
  const bool times = text_of(gates, "times", row) != NULL;
  const double headway = real_of(gates, "headway_min", row), toll = real_of(gates, "toll", row);
  const char *name = catchment_gate_name(ctx, gates, row), *source = sund_table_source(gates, row), *text;
  if (!name) return SUND_LIMIT;
  if (times && headway > 0) {
    text = sund_text(ctx, "the gate %s has times and a headway: the times are used", name);
    if (!text) return SUND_LIMIT;
    TRY(catchment_note(ctx, run, "note", source, text, NAN, NAN));
  }
  if (!times && isnan(headway)) {
    text = sund_text(ctx,
                     "the gate %s has neither headway_min nor times: it is open at any moment; if it is a ferry, say "
                     "when it leaves (headway_min 0 says that it is open)",
                     name);
    if (!text) return SUND_LIMIT;
    TRY(catchment_note(ctx, run, "warning", source, text, NAN, NAN));
  }
  if (!(toll > 0)) return SUND_OK;
  text = sund_text(ctx, "the gate %s has a toll of %.10g: told, not weighed", name, toll);
  return text ? catchment_note(ctx, run, "note", source, text, NAN, NAN) : SUND_LIMIT;
}

sund_code catchment_gates_tell(sund_ctx *ctx, catchment_run *run, size_t variant) {
  const sund_table *gates = run->variant[variant].gates;
  for (size_t r = 0; gates && r < gates->rows; r++)
    if (!told_before(run, variant, r)) TRY(tell_row(ctx, run, gates, r));
  return SUND_OK;
}
