/* flood_saddles_write.c - the layers flood_saddles (where the water comes in) and flood_ways (how it gets there). */
#include <math.h>

#include "flood.h"

enum {
  ID,
  CREST,
  PERSONS,
  HOMES,
  AREA,
  VOLUME,
  FILL,
  WIDTH,
  WIDTH_5,
  WIDTH_10,
  WIDTH_20,
  PERSONS_THROUGH,
  HOMES_THROUGH,
  PARENT,
  BIAS,
  NEXT,
  NEXT_X,
  NEXT_Y,
  PERSONS_HELD,
  HOMES_HELD,
  EDGE,
  LABEL,
  RASTER,
  FIELDS
};
static const sund_choice yes_no[] = {
    {"0", {"nej", "nej", "no"}}, {"1", {"ja", "ja", "yes"}}, {NULL, {NULL, NULL, NULL}}};
static const sund_field fields[FIELDS] = {
    [ID] = {"saddle_id", SUND_TEXT, NULL, {"tærskel", "tröskel", "saddle"}, NULL},
    [CREST] = {"crest_m", SUND_REAL, "m", {"tærskelkote", "tröskelhöjd", "crest"}, NULL},
    [PERSONS] =
        {"persons_behind", SUND_REAL, "persons", {"personer bag den", "personer bakom", "persons behind it"}, NULL},
    [HOMES] = {"homes_behind", SUND_REAL, "homes", {"hjem bag den", "hem bakom", "homes behind it"}, NULL},
    [AREA] = {"area_ha_behind", SUND_REAL, "ha", {"areal bag den", "areal bakom", "area behind it"}, NULL},
    [VOLUME] = {"volume_m3", SUND_REAL, "m3", {"rumfang bag den", "volym bakom", "volume behind it"}, NULL},
    [FILL] = {"fill_hours",
              SUND_REAL,
              "h",
              {"timer mindst om at fyldes under 0,5 m vand", "timmar minst att fyllas under 0,5 m vatten",
               "hours at the least to fill under 0.5 m of water"},
              NULL},
    [WIDTH] = {"width_m", SUND_REAL, "m", {"bredde ved tærsklen", "bredd vid tröskeln", "width at the crest"}, NULL},
    [WIDTH_5] = {"width_5cm_m", SUND_REAL, "m", {"bredde 5 cm over", "bredd 5 cm över", "width 5 cm above"}, NULL},
    [WIDTH_10] =
        {"width_10cm_m", SUND_REAL, "m", {"bredde 10 cm over", "bredd 10 cm över", "width 10 cm above"}, NULL},
    [WIDTH_20] =
        {"width_20cm_m", SUND_REAL, "m", {"bredde 20 cm over", "bredd 20 cm över", "width 20 cm above"}, NULL},
    [PERSONS_THROUGH] = {"persons_through",
                         SUND_REAL,
                         "persons",
                         {"personer, hvis vand kommer her", "personer vars vatten kommer här",
                          "persons whose water comes here"},
                         NULL},
    [HOMES_THROUGH] = {"homes_through",
                       SUND_REAL,
                       "homes",
                       {"hjem, hvis vand kommer her", "hem vars vatten kommer här", "homes whose water comes here"},
                       NULL},
    [PARENT] = {"parent_id", SUND_TEXT, NULL, {"tærsklen før den", "tröskeln före", "the saddle before it"}, NULL},
    [BIAS] = {"bias_m",
              SUND_REAL,
              "m",
              {"ventet sænkning af kronen ved støj", "väntad sänkning av krönet av brus",
               "expected lowering of the crest by noise"},
              NULL},
    [NEXT] = {"next_m",
              SUND_REAL,
              "m",
              {"næste indløb, når den er lukket", "nästa inlopp när den är stängd", "next way in once it is closed"},
              NULL},
    [NEXT_X] = {"next_x", SUND_REAL, "m", {"næste indløb, øst", "nästa inlopp, öst", "next way in, east"}, NULL},
    [NEXT_Y] = {"next_y", SUND_REAL, "m", {"næste indløb, nord", "nästa inlopp, norr", "next way in, north"}, NULL},
    [PERSONS_HELD] = {"persons_held",
                      SUND_REAL,
                      "persons",
                      {"personer, lukningen holder tørre til næste",
                       "personer som stängningen håller torra till nästa",
                       "persons its closing keeps dry up to the next"},
                      NULL},
    [HOMES_HELD] = {"homes_held",
                    SUND_REAL,
                    "homes",
                    {"hjem, lukningen holder tørre til næste", "hem som stängningen håller torra till nästa",
                     "homes its closing keeps dry up to the next"},
                    NULL},
    [EDGE] = {"edge", SUND_INT, NULL, {"ved rasterets kant", "vid rastrets kant", "at the raster's edge"}, yes_no},
    [LABEL] = {"label", SUND_TEXT, NULL, {"mærke", "etikett", "label"}, NULL},
    [RASTER] = {"raster", SUND_TEXT, NULL, {"raster", "raster", "raster"}, NULL},
};
static const sund_class classes[] = {
    {-INFINITY, 0.5, NULL, "#adb5bd", {"ingen personer", "inga personer", "no persons"}},
    {0.5, 10, NULL, "#ffd43b", {"til 10 personer", "till 10 personer", "up to 10 persons"}},
    {10, 100, NULL, "#fd7e14", {"10–100", "10–100", "10–100"}},
    {100, 1000, NULL, "#e03131", {"100–1.000", "100–1 000", "100–1,000"}},
    {1000, INFINITY, NULL, "#862e9c", {"over 1.000", "över 1 000", "over 1,000"}},
};
static const sund_style style = {.column = "persons_through",
                                 .graduated = true,
                                 .classes = classes,
                                 .count = sizeof classes / sizeof *classes,
                                 .size_mm = 3.2,
                                 .opacity = 1,
                                 .label_column = "label"};

static sund_code fill(sund_ctx *ctx, const flood_run *run, size_t k, sund_table *t) {
  const flood_saddle *s = &run->saddle[k];
  t->x[k] = s->x, t->y[k] = s->y;
  t->column[ID].text[k] = s->id;
  t->column[CREST].real[k] = s->crest_m;
  if (run->homes) {
    t->column[PERSONS].real[k] = s->persons_behind;
    t->column[HOMES].real[k] = s->homes_behind;
    t->column[PERSONS_THROUGH].real[k] = s->persons_through;
    t->column[HOMES_THROUGH].real[k] = s->homes_through;
    t->column[PERSONS_HELD].real[k] = s->persons_held;
    t->column[HOMES_HELD].real[k] = isnan(s->persons_held) ? NAN : s->homes_held;
  }
  t->column[AREA].real[k] = s->area_m2 / 1e4;
  t->column[VOLUME].real[k] = s->volume_m3;
  t->column[FILL].real[k] = s->fill_h;
  t->column[WIDTH].real[k] = s->width_m;
  t->column[WIDTH_5].real[k] = s->width_5_m;
  t->column[WIDTH_10].real[k] = s->width_10_m;
  t->column[WIDTH_20].real[k] = s->width_20_m;
  if (s->at.parent != SIZE_MAX) t->column[PARENT].text[k] = run->saddle[s->at.parent].id;
  t->column[BIAS].real[k] = s->bias_m;
  t->column[NEXT].real[k] = s->next_m;
  t->column[NEXT_X].real[k] = s->next_x;
  t->column[NEXT_Y].real[k] = s->next_y;
  t->column[EDGE].integer[k] = s->at_edge;
  t->column[RASTER].text[k] = run->site[s->site].suffix;
  t->column[LABEL].text[k] = sund_text(ctx, "%.2f m", s->crest_m);
  return t->column[LABEL].text[k] ? SUND_OK : SUND_LIMIT;
}

/* ------------------------------------------------------------------------------------------------------------ ways */

static const sund_field way_fields[] = {
    {"saddle_id", SUND_TEXT, NULL, {"tærskel", "tröskel", "saddle"}, NULL},
    {"crest_m", SUND_REAL, "m", {"tærskelkote", "tröskelhöjd", "crest"}, NULL},
    {"persons_through",
     SUND_REAL,
     "persons",
     {"personer, hvis vand kommer her", "personer vars vatten kommer här", "persons whose water comes here"},
     NULL},
};
static const sund_class way_classes[] = {
    {0, 0, NULL, "#1971c2", {"vandets vej", "vattnets väg", "way of the water"}}};
static const sund_style way_style = {.classes = way_classes, .count = 1, .size_mm = 0.5, .opacity = 1};

static sund_code write_ways(sund_ctx *ctx, flood_run *run, sund_shapes *const *way) {
  const sund_shapes **line = sund_alloc(ctx, run->saddles, sizeof *line);
  size_t n = 0;
  sund_table *table;
  if (!line) return SUND_LIMIT;
  for (size_t k = 0; k < run->saddles; k++)
    if (way[k]) line[n++] = way[k];
  TRY(sund_table_new(ctx, "flood_ways", SUND_LINE, n, way_fields, 3, &table));
  TRY(sund_shapes_join(ctx, SUND_LINE, n, line, &table->shapes));
  n = 0;
  for (size_t k = 0; k < run->saddles; k++) {
    if (!way[k]) continue;
    table->column[0].text[n] = run->saddle[k].id;
    table->column[1].real[n] = run->saddle[k].crest_m;
    table->column[2].real[n++] = run->homes ? run->saddle[k].persons_through : NAN;
  }
  return sund_results_layer(
      ctx, run->out,
      (sund_layer){.table = table,
                   .title = {"Vandets veje ind", "Vattnets vägar in", "Ways of the water"},
                   .summary = {"Vandets vej fra havet til tærsklen: ingen celle på den ligger højere",
                               "Vattnets väg från havet till tröskeln: ingen cell på den ligger högre",
                               "The water's way from the sea to the saddle: no cell on it lies higher"},
                   .style = &way_style,
                   .indexed = true});
}

sund_code flood_saddles_write(sund_ctx *ctx, flood_run *run, sund_shapes *const *way) {
  sund_table *table;
  TRY(sund_table_new(ctx, "flood_saddles", SUND_POINT, run->saddles, fields, FIELDS, &table));
  for (size_t k = 0; k < run->saddles; k++) TRY(fill(ctx, run, k, table));
  TRY(sund_results_layer(
      ctx, run->out,
      (sund_layer){.table = table,
                   .title = {"Hvor vandet kommer ind", "Var vattnet kommer in", "Where the water comes in"},
                   .summary = {"Tærskler: når havet når deres kote, bliver lavningen bag dem våd på én gang",
                               "Trösklar: när havet når deras höjd blir sänkan bakom dem våt på en gång",
                               "Saddles: when the sea reaches their crest, the low ground behind gets wet at once"},
                   .style = &style,
                   .kept = true,
                   .indexed = true}));
  return write_ways(ctx, run, way);
}
