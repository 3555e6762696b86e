/* explain_write.c - the way as a GeoPackage: explain_legs, explain_points, and what it all rests on: run, sources. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "explain.h"
#include "record.h"

static const sund_field leg_fields[] = {
    {"standard", SUND_TEXT, NULL, {"standard", "standard", "standard"}, NULL},
    {"leg", SUND_TEXT, NULL, {"stykke", "del", "leg"}, NULL},
    {"metres", SUND_REAL, "m", {"længde", "längd", "length"}, NULL},
    {"text", SUND_TEXT, NULL, {"forklaring", "förklaring", "explanation"}, NULL},
};
enum { LEG_FIELDS = sizeof leg_fields / sizeof *leg_fields };

static const sund_class leg_classes[] = {
    {0, 0, "to_path", "#e8590c", {"fra hjem til sti", "från hem till stig", "from home to path"}},
    {0, 0, "along", "#1c7ed6", {"langs stierne", "längs stigarna", "along the paths"}},
    {0, 0, "to_entrance", "#5f3dc4", {"fra sti til indgang", "från stig till entré", "from path to entrance"}},
    {0, 0, "land", "#1c7ed6", {"over land", "över land", "over land"}},
    {0, 0, "straight", "#495057", {"i lige linje", "fågelvägen", "by straight line"}},
    {0, 0, "walk", "#8c6d31", {"til fods", "till fots", "on foot"}},
    {0, 0, "bike", "#31a354", {"på cykel", "med cykel", "by bike"}},
    {0, 0, "car", "#636363", {"i bil", "med bil", "by car"}},
    {0, 0, "gate", "#08519c", {"overfart", "överfart", "crossing"}},
    {0, 0, "ride", "#a50f15", {"med linje", "med linje", "ride"}},
    {0, 0, "water", "#0b7285", {"vandets vej", "vattnets väg", "way of the water"}},
};
static const sund_style leg_style = {
    .column = "leg", .classes = leg_classes, .count = sizeof leg_classes / sizeof *leg_classes, .size_mm = 0.8};

static const sund_field point_fields[] = {
    {"standard", SUND_TEXT, NULL, {"standard", "standard", "standard"}, NULL},
    {"point", SUND_TEXT, NULL, {"sted", "plats", "place"}, NULL},
    {"id", SUND_TEXT, NULL, {"id", "id", "id"}, NULL},
    {"metres", SUND_REAL, "m", {"afstand fra hjemmet", "avstånd från hemmet", "distance from the home"}, NULL},
    {"text", SUND_TEXT, NULL, {"forklaring", "förklaring", "explanation"}, NULL},
};
enum { POINT_FIELDS = sizeof point_fields / sizeof *point_fields };

static const sund_class point_classes[] = {
    {0, 0, "home", "#c92a2a", {"hjem", "hem", "home"}},
    {0, 0, "path", "#1c7ed6", {"sted på sti", "plats på stig", "place on a path"}},
    {0, 0, "entrance", "#5f3dc4", {"indgang", "entré", "entrance"}},
    {0, 0, "green", "#2b8a3e", {"det grønne", "det gröna", "the green"}},
    {0, 0, "miss", "#868e96", {"grønt der ikke tæller", "grönt som inte räknas", "green that does not count"}},
    {0, 0, "saddle", "#e03131", {"tærsklen der afgør det", "tröskeln som avgör det", "the deciding saddle"}},
    {0, 0, "sill", "#f08c00", {"vandet går over", "vattnet går över", "water passes over"}},
    {0, 0, "next", "#862e9c", {"næste indløb", "nästa inlopp", "next way in"}},
    {0, 0, "shore", "#0b7285", {"her kommer vandet fra", "här kommer vattnet från", "water comes from here"}},
};
static const sund_style point_style = {.column = "point",
                                       .classes = point_classes,
                                       .count = sizeof point_classes / sizeof *point_classes,
                                       .size_mm = 3,
                                       .label_column = "text"};

static sund_code legs_layer(sund_ctx *ctx, const explain_answer *answer, sund_layer *out) {
  sund_table *table;
  size_t vertices = 0, vertex = 0;
  for (size_t i = 0; i < answer->lines; i++) vertices += answer->line[i].vertices;
  TRY(sund_table_new(ctx, "explain_legs", SUND_LINE, answer->lines, leg_fields, LEG_FIELDS, &table));
  TRY(sund_shapes_new(ctx, SUND_LINE, answer->lines, answer->lines, vertices, &table->shapes));
  for (size_t i = 0; i < answer->lines; i++) {
    const explain_line *line = &answer->line[i];
    table->column[0].text[i] = line->standard, table->column[1].text[i] = line->leg;
    table->column[2].real[i] = line->metres, table->column[3].text[i] = line->text;
    memcpy(table->shapes->x + vertex, line->x, line->vertices * sizeof(double));
    memcpy(table->shapes->y + vertex, line->y, line->vertices * sizeof(double));
    vertex += line->vertices;
    table->shapes->first_part[i + 1] = i + 1;
    table->shapes->first_vertex[i + 1] = vertex;
  }
  *out = (sund_layer){.table = table,
                      .style = &leg_style,
                      .indexed = true,
                      .title = {"Vejen, stykke for stykke", "Vägen, del för del", "The way, leg by leg"},
                      .summary = {"Fra hjemmet til det nærmeste grønne område der tæller; vandets fra havet til "
                                  "hjemmet",
                                  "Från hemmet till närmaste grönområde som räknas; vattnets från havet till "
                                  "hemmet",
                                  "From the home to the nearest green area that counts; the water's from the sea "
                                  "to the home"}};
  return SUND_OK;
}

static sund_code points_layer(sund_ctx *ctx, const explain_answer *answer, sund_layer *out) {
  sund_table *table;
  TRY(sund_table_new(ctx, "explain_points", SUND_POINT, answer->points, point_fields, POINT_FIELDS, &table));
  for (size_t i = 0; i < answer->points; i++) {
    const explain_point *point = &answer->point[i];
    table->column[0].text[i] = point->standard, table->column[1].text[i] = point->point;
    table->column[2].text[i] = point->id, table->column[3].real[i] = point->metres;
    table->column[4].text[i] = point->text;
    table->x[i] = point->x, table->y[i] = point->y;
  }
  *out = (sund_layer){.table = table,
                      .style = &point_style,
                      .indexed = true,
                      .title = {"Steder på vejen", "Platser på vägen", "Places on the way"},
                      .summary = {"Hjem, sted på stien, indgang, og grønt der ikke tæller; hvor vandet kommer over",
                                  "Hem, plats på stigen, entré, och grönt som inte räknas; var vattnet kommer över",
                                  "Home, place on the path, entrance, and green that does not count; where water "
                                  "passes over"}};
  return SUND_OK;
}

static sund_code write(sund_ctx *ctx, const explain_settings *settings, const explain_question *question,
                       size_t layers, sund_layer *layer) {
  const sund_table *read = question->sources;
  const char **dates = read ? sund_table_text(read, "date") : NULL;
  const char *date, *record, *history = sund_text(ctx, "sund %s: %s", SUND_VERSION, settings->command);
  if (!history) return SUND_LIMIT;
  for (size_t i = 0; i < layers; i++) layer[i].history = history;
  TRY(record_date(ctx, dates ? read->rows : 0, dates, &date));
  const sund_json_member member[] = {{"program", "sund " SUND_VERSION, NULL},
                                     {"command", settings->command, NULL},
                                     {"run", NULL, question->run},
                                     {"sources", NULL, read}};
  TRY(sund_json_write(ctx, read ? 4 : 3, member, &record));
  const sund_gpkg_spec spec = {.path = settings->output,
                               .overwrite = settings->overwrite,
                               .crs = sund_result_crs(question->result),
                               .language = settings->label_language,
                               .date = date,
                               .record = record,
                               .layers = layers,
                               .layer = layer};
  return sund_gpkg_write(ctx, &spec);
}

sund_code explain_write(sund_ctx *ctx, const explain_settings *settings, const explain_question *question,
                        const explain_answer *answer) {
  sund_layer layer[4];
  size_t layers = 0;
  if (!answer->points && !answer->lines)
    return sund_fail(ctx, SUND_DATA, "--output: there is nothing to draw: the homes of %s have no geometry",
                     question->file);
  if (answer->lines) TRY(legs_layer(ctx, answer, &layer[layers++]));
  if (answer->points) TRY(points_layer(ctx, answer, &layer[layers++]));
  layer[layers++] =
      (sund_layer){.table = question->run,
                   .title = {"Kørsel", "Körning", "Run"},
                   .summary = {"Hvordan resultatet er lavet", "Hur resultatet gjordes", "How the result was made"}};
  if (question->sources)
    layer[layers++] =
        (sund_layer){.table = question->sources,
                     .title = {"Kilder", "Källor", "Sources"},
                     .summary = {"Hvad resultatet hviler på", "Vad resultatet vilar på", "What the result rests on"}};
  TRY(write(ctx, settings, question, layers, layer));
  if (!settings->quiet)
    fprintf(stderr, "sund: %s: %zu legs, %zu places\n", sund_base_name(settings->output), answer->lines,
            answer->points);
  return SUND_OK;
}
