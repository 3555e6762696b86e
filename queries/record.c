/* record.c - what a run says of itself: the tables indicators, run, sources, findings.
 *
 * Nothing here depends on the clock, the machine, the number of threads or the name of the output: same inputs and
 * options, same bytes. The table sources is made in record_sources.c.
 */
#include "record.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define T(name, da, sv, en) \
  { name, SUND_TEXT, NULL, {da, sv, en}, NULL }
#define R(name, unit, da, sv, en) \
  { name, SUND_REAL, unit, {da, sv, en}, NULL }
#define I(name, da, sv, en) \
  { name, SUND_INT, NULL, {da, sv, en}, NULL }

/* Stands in for a date that no input states. */
static const char RELEASE_DATE[] = "2026-11-22T00:00:00.000Z";

/* ------------------------------------------------------------------------------------------------- indicators */

static const sund_choice verdict_choices[] = {
    {"met", {"opfyldt", "uppfyllt", "met"}},
    {"not met", {"ikke opfyldt", "inte uppfyllt", "not met"}},
    {"undecided", {"uafgjort", "oavgjort", "undecided"}},
    {NULL, {NULL, NULL, NULL}},
};
static const sund_field indicator_fields[] = {
    T("scenario", "scenarie", "scenario", "scenario"),
    T("query", "forespørgsel", "fråga", "query"),
    T("indicator", "indikator", "indikator", "indicator"),
    T("variant", "variant", "variant", "variant"),
    T("area_id", "område", "område", "area"),
    T("area_name", "navn", "namn", "name"),
    T("country", "land", "land", "country"),
    T("level", "niveau", "nivå", "level"),
    R("value", NULL, "værdi", "värde", "value"),
    T("unit", "enhed", "enhet", "unit"),
    R("low", NULL, "nedre", "nedre", "low"),
    R("high", NULL, "øvre", "övre", "high"),
    R("base", NULL, "nævner", "nämnare", "base"),
    T("base_unit", "nævnerens enhed", "nämnarens enhet", "unit of the base"),
    T("method", "metode", "metod", "method"),
    {"verdict", SUND_TEXT, NULL, {"vurdering", "bedömning", "verdict"}, verdict_choices},
};
/* Columns in the order of the fields above. */
enum {
  IND_SCENARIO,
  IND_QUERY,
  IND_INDICATOR,
  IND_VARIANT,
  IND_UNIT_TEXTS,
  IND_VALUE = IND_UNIT_TEXTS + 4,
  IND_UNIT,
  IND_LOW,
  IND_HIGH,
  IND_BASE,
  IND_BASE_UNIT,
  IND_METHOD,
  IND_VERDICT,
  INDICATOR_FIELDS
};
_Static_assert(INDICATOR_FIELDS == sizeof indicator_fields / sizeof *indicator_fields, "a column without a name");

/* Texts of the unit an indicator is for: id, name, country, level. */
static void unit_texts(const sund_inputs *in, const sund_indicator *given, const char *text[4]) {
  static const char *const column[] = {"id", "name", "country", "level"};
  const size_t area = given->area;
  if (given->unit_id) {
    const char *own[4] = {given->unit_id, given->unit_name, given->unit_country, given->unit_level};
    memcpy(text, own, sizeof own);
    return;
  }
  for (size_t k = 0; k < 4; k++) {
    const char **values = area != SIZE_MAX ? sund_table_text(in->role[SUND_AREAS], column[k]) : NULL;
    text[k] = values ? values[area] : area == SIZE_MAX && k < 2 ? "all" : NULL;
  }
}

static sund_code indicators_table(sund_ctx *ctx, const record_input *in, sund_table **out) {
  size_t rows = 0, row = 0;
  for (size_t q = 0; q < in->queries; q++) rows += in->results[q].indicators;
  sund_table *table;
  TRY(sund_table_new(ctx, "indicators", SUND_NONE, rows, indicator_fields, INDICATOR_FIELDS, &table));
  for (size_t q = 0; q < in->queries; q++)
    for (size_t i = 0; i < in->results[q].indicators; i++, row++) {
      const sund_indicator *given = &in->results[q].indicator[i];
      const char *unit[4];
      unit_texts(in->inputs, given, unit);
      const char *text[INDICATOR_FIELDS] = {[IND_SCENARIO] = given->scenario ? given->scenario : in->inputs->scenario,
                                            [IND_QUERY] = in->query[q]->name,
                                            [IND_INDICATOR] = given->indicator,
                                            [IND_VARIANT] = given->variant,
                                            [IND_UNIT] = given->unit,
                                            [IND_BASE_UNIT] = given->base_unit,
                                            [IND_METHOD] = given->method,
                                            [IND_VERDICT] = given->verdict};
      const double real[INDICATOR_FIELDS] = {
          [IND_VALUE] = given->value, [IND_LOW] = given->low, [IND_HIGH] = given->high, [IND_BASE] = given->base};
      memcpy(text + IND_UNIT_TEXTS, unit, sizeof unit);
      for (size_t c = 0; c < INDICATOR_FIELDS; c++)
        if (table->column[c].text) table->column[c].text[row] = text[c];
        else table->column[c].real[row] = real[c];
    }
  *out = table;
  return SUND_OK;
}

/* -------------------------------------------------------------------------------------------------------- run */

static const sund_field run_fields[] = {
    T("program", "program", "program", "program"),
    T("version", "version", "version", "version"),
    T("libraries", "biblioteker", "bibliotek", "libraries"),
    T("project", "projekt", "projekt", "project"),
    T("command", "kommando", "kommando", "command"),
    T("parameters", "parametre", "parametrar", "parameters"),
    T("scenario", "scenarie", "scenario", "scenario"),
    T("crs", "koordinatsystem", "koordinatsystem", "coordinate system"),
    T("crs_reason", "valgt som", "vald som", "chosen as"),
    T("heights", "højdesystem", "höjdsystem", "height system"),
    I("complete", "fuldført", "fullständig", "complete"),
};
enum { RUN_FIELDS = sizeof run_fields / sizeof *run_fields };

static sund_code run_table(sund_ctx *ctx, const record_input *in, sund_table **out) {
  sund_table *table;
  const char *libraries;
  const sund_crs *crs = in->sources->frame.crs;
  TRY(sund_table_new(ctx, "run", SUND_NONE, 1, run_fields, RUN_FIELDS, &table));
  TRY(sund_library_versions(ctx, &libraries));
  const char *text[RUN_FIELDS] = {"sund",
                                  SUND_VERSION,
                                  libraries,
                                  in->project->name,
                                  in->settings->command,
                                  in->parameters,
                                  in->inputs->scenario,
                                  *sund_crs_code(crs) ? sund_crs_code(crs) : sund_crs_name(crs),
                                  in->sources->crs_reason,
                                  in->sources->frame.heights,
                                  NULL};
  for (size_t c = 0; c + 1 < RUN_FIELDS; c++) table->column[c].text[0] = text[c];
  table->column[RUN_FIELDS - 1].integer[0] = 1;
  *out = table;
  return SUND_OK;
}

/* --------------------------------------------------------------------------------------------------- findings */

static const sund_choice severity_choices[] = {
    {"note", {"oplysning", "upplysning", "note"}},
    {"warning", {"advarsel", "varning", "warning"}},
    {"error", {"fejl", "fel", "error"}},
    {NULL, {NULL, NULL, NULL}},
};
static const sund_field finding_fields[] = {
    {"severity", SUND_TEXT, NULL, {"alvor", "allvar", "severity"}, severity_choices},
    T("query", "forespørgsel", "fråga", "query"),
    T("source", "kilde", "källa", "source"),
    I("feature_id", "objekt", "objekt", "feature"),
    T("text", "tekst", "text", "text"),
};
static const sund_class severity_classes[] = {
    {0, 0, "note", "#4dabf7", {"oplysning", "upplysning", "note"}},
    {0, 0, "warning", "#f08c00", {"advarsel", "varning", "warning"}},
    {0, 0, "error", "#e03131", {"fejl", "fel", "error"}},
};
static const sund_style finding_style = {
    .column = "severity", .classes = severity_classes, .count = 3, .size_mm = 2.4};

static void fill_finding(sund_table *table, size_t row, const char *query, const sund_finding *f) {
  table->column[0].text[row] = f->severity;
  table->column[1].text[row] = query;
  table->column[2].text[row] = f->source;
  table->column[3].integer[row] = f->feature; /* SUND_NO_FEATURE is SUND_NULL_INT */
  table->column[4].text[row] = f->text;
  table->x[row] = f->x, table->y[row] = f->y;
}

static sund_code findings_table(sund_ctx *ctx, const record_input *in, sund_table **out, size_t *warnings) {
  size_t rows = in->findings->count, row = 0;
  for (size_t q = 0; q < in->queries; q++) rows += in->results[q].findings.count;
  rows += in->goals->findings.count;
  sund_table *table;
  TRY(sund_table_new(ctx, "findings", SUND_POINT, rows, finding_fields,
                     sizeof finding_fields / sizeof *finding_fields, &table));
  for (size_t i = 0; i < in->findings->count; i++) fill_finding(table, row++, NULL, &in->findings->item[i]);
  for (size_t q = 0; q < in->queries; q++)
    for (size_t i = 0; i < in->results[q].findings.count; i++)
      fill_finding(table, row++, in->query[q]->name, &in->results[q].findings.item[i]);
  for (size_t i = 0; i < in->goals->findings.count; i++)
    fill_finding(table, row++, "goals", &in->goals->findings.item[i]);
  *warnings = 0;
  for (row = 0; row < rows; row++) *warnings += strcmp(table->column[0].text[row], "note") != 0;
  *out = table;
  return SUND_OK;
}

/* ---------------------------------------------------------------------------------------------------- together */

/* SOURCE_DATE_EPOCH where it is set (reproducible-builds.org), else the newest date an input states. */
sund_code record_date(sund_ctx *ctx, size_t count, const char *const *date, const char **out) {
  const char *epoch = getenv("SOURCE_DATE_EPOCH"), *newest = NULL;
  char *end = NULL;
  long long seconds = epoch ? strtoll(epoch, &end, 10) : 0;
  if (epoch && *epoch && !*end && seconds >= 0 && seconds < 253402300800) {
    time_t when = (time_t)seconds;
    struct tm day;
    char text[32];
    gmtime_r(&when, &day);
    strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%S.000Z", &day);
    *out = sund_text_copy(ctx, text);
    return *out ? SUND_OK : SUND_LIMIT;
  }
  for (size_t i = 0; i < count; i++)
    if (date[i] && strlen(date[i]) >= 10 && (!newest || strncmp(date[i], newest, 10) > 0)) newest = date[i];
  *out = newest ? sund_text(ctx, "%.10sT00:00:00.000Z", newest) : RELEASE_DATE;
  return *out ? SUND_OK : SUND_LIMIT;
}

static sund_code date_of_sources(sund_ctx *ctx, const sources *s, const char **out) {
  const char **date = sund_alloc(ctx, s->count, sizeof *date);
  if (!date) return SUND_LIMIT;
  for (size_t i = 0; i < s->count; i++) date[i] = s->reading[i].date;
  return record_date(ctx, s->count, date, out);
}

/* The command, and each licence stated for an input. */
static sund_code history_text(sund_ctx *ctx, const record_input *in, const char **out) {
  const sources *s = in->sources;
  const char *text = sund_text(ctx, "sund %s: %s", SUND_VERSION, in->settings->command);
  for (size_t i = 0; text && i < s->count; i++) {
    const char *licence = s->reading[i].licence;
    bool said = false;
    for (size_t k = 0; licence && k < i; k++)
      said = said || (s->reading[k].licence && strcmp(s->reading[k].licence, licence) == 0);
    if (licence && !said) text = sund_text(ctx, "%s\nlicence: %s", text, licence);
  }
  *out = text;
  return text ? SUND_OK : SUND_LIMIT;
}

sund_code record_make(sund_ctx *ctx, const record_input *in, record_output *out) {
  sund_table *indicators, *run, *read, *findings;
  TRY(indicators_table(ctx, in, &indicators));
  TRY(run_table(ctx, in, &run));
  TRY(record_sources(ctx, in, &read));
  TRY(findings_table(ctx, in, &findings, &out->warnings));
  out->indicators =
      (sund_layer){.table = indicators,
                   .title = {"Indikatorer", "Indikatorer", "Indicators"},
                   .summary = {"Alle tal fra kørslen", "Alla tal från körningen", "Every number of the run"}};
  out->run =
      (sund_layer){.table = run,
                   .title = {"Kørsel", "Körning", "Run"},
                   .summary = {"Hvordan resultatet er lavet", "Hur resultatet gjordes", "How the result was made"}};
  out->sources = (sund_layer){.table = read,
                              .title = {"Kilder", "Källor", "Sources"},
                              .summary = {"Hvad der blev læst", "Vad som lästes", "What was read"}};
  out->findings = (sund_layer){.table = findings,
                               .title = {"Fund i data", "Fynd i data", "Findings"},
                               .summary = {"Hvad der er værd at vide om data", "Vad som är värt att veta om data",
                                           "What is worth knowing of the data"},
                               .style = &finding_style,
                               .indexed = true};
  const sund_json_member members[] = {{"run", NULL, run}, {"sources", NULL, read}, {"findings", NULL, findings}};
  TRY(sund_json_write(ctx, 3, members, &out->json));
  TRY(history_text(ctx, in, &out->history));
  return date_of_sources(ctx, in->sources, &out->date);
}
