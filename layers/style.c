/* style.c - QML: how QGIS draws a layer, what it calls the fields, which values a field may have.
 *
 * QGIS 3.22 takes field names for people from here and from nowhere else in a GeoPackage. Order of the parts as QGIS
 * writes them: renderer, labels, value maps, aliases.
 */
#include "style.h"

#include <math.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "style_inside.h"

static const sund_class grey = {.colour = "#808080"};
static const sund_style plain = {.classes = &grey, .count = 1, .opacity = 0.5};

const sund_style *style_of(const sund_layer *layer) {
  return layer->style && layer->style->count > 0 ? layer->style : &plain;
}

double style_size(const sund_layer *layer) {
  double size = style_of(layer)->size_mm;
  if (size > 0) return size;
  return layer->table->kind == SUND_POINT ? 2.0 : 0.5;
}

void style_rgb(const char *colour, int rgb[3]) {
  static const char digits[] = "0123456789abcdef0123456789ABCDEF";
  int value[6];
  bool good = colour && colour[0] == '#' && strlen(colour) == 7;
  for (int i = 0; i < 6 && good; i++) {
    const char *digit = strchr(digits, colour[i + 1]);
    good = digit != NULL;
    value[i] = good ? (int)(digit - digits) % 16 : 0;
  }
  for (int i = 0; i < 3; i++) rgb[i] = good ? 16 * value[2 * i] + value[2 * i + 1] : 128;
}

const char *style_in(const char *const text[3], int language, const char *fallback) {
  if (text[language] && *text[language]) return text[language];
  for (int i = 2; i >= 0; i--)
    if (text[i] && *text[i]) return text[i];
  return fallback;
}

double style_bound(double value, bool upper) {
  static const double beyond = 1e12;
  if (isfinite(value)) return value;
  return upper ? beyond : -beyond;
}

const char *style_class_label(sund_ctx *ctx, const sund_style *style, const sund_class *class, int language) {
  const char *label = style_in(class->label, language, NULL);
  if (label) return label;
  if (!style->graduated) return class->value ? class->value : "";
  const char *low = textbuf_number(ctx, style_bound(class->low, false));
  const char *high = textbuf_number(ctx, style_bound(class->high, true));
  return low && high ? sund_text(ctx, "%s - %s", low, high) : NULL;
}

/* A unit that is a word, in the language; symbols are the same in all. */
static const char *unit_in(const char *unit, int language) {
  static const char *const words[][3] = {
      {"personer", "personer", "persons"},
      {"personer/år", "personer/år", "persons/year"},
      {"boliger", "bostäder", "homes"},
      {"boliger", "bostäder", "dwellings"},
      {"job", "jobb", "jobs"},
      {"pladser", "platser", "places"},
  };
  for (size_t i = 0; i < sizeof words / sizeof *words; i++)
    if (strcmp(words[i][2], unit) == 0) return words[i][language];
  return unit;
}

/* Is `word` in `label`, as a word of its own, whatever the case of ASCII letters? */
static bool says(const char *label, const char *word) {
  size_t length = strlen(word);
  for (const char *at = label; *at; at++) {
    bool begins = at == label || at[-1] == ' ' || at[-1] == '(';
    bool ends = strncasecmp(at, word, length) == 0 && (!at[length] || strchr(" ,;:)", at[length]));
    if (begins && ends) return true;
  }
  return false;
}

const char *style_alias(sund_ctx *ctx, const sund_field *field, int language) {
  const char *label = style_in(field->label, language, field->name);
  if (!field->unit || !*field->unit) return label;
  const char *unit = unit_in(field->unit, language);
  const char *bracketed = sund_text(ctx, "(%s)", unit);
  if (!bracketed) return NULL;
  /* "Persons (persons)" says nothing more; "within 90 % (%)" would be missed if symbols were looked for too. */
  if (strstr(label, bracketed) || (strlen(unit) > 2 && says(label, unit))) return label;
  return sund_text(ctx, "%s %s", label, bracketed);
}

static const char *symbol_type(sund_kind kind) {
  return kind == SUND_POINT ? "marker" : kind == SUND_LINE ? "line" : "fill";
}

/* <prop> is what every QGIS 3 reads. */
static sund_code prop(sund_ctx *ctx, textbuf *out, const char *key, const char *value) {
  return textbuf_add(ctx, out, "<prop k=\"", key, "\" v=\"", value, "\"/>", NULL);
}

static const char *rgba(sund_ctx *ctx, const int rgb[3], double share, double opacity) {
  int red = (int)lround(rgb[0] * share), green = (int)lround(rgb[1] * share), blue = (int)lround(rgb[2] * share);
  return sund_text(ctx, "%d,%d,%d,%ld", red, green, blue, lround(255 * fmin(1, fmax(0, opacity))));
}

static sund_code marker(sund_ctx *ctx, textbuf *out, const char *colour, const char *size) {
  TRY(prop(ctx, out, "name", "circle"));
  TRY(prop(ctx, out, "color", colour));
  TRY(prop(ctx, out, "size", size));
  TRY(prop(ctx, out, "size_unit", "MM"));
  TRY(prop(ctx, out, "outline_color", "255,255,255,255"));
  TRY(prop(ctx, out, "outline_style", "solid"));
  TRY(prop(ctx, out, "outline_width", "0.15"));
  return prop(ctx, out, "outline_width_unit", "MM");
}

static sund_code line(sund_ctx *ctx, textbuf *out, const char *colour, const char *size) {
  TRY(prop(ctx, out, "line_color", colour));
  TRY(prop(ctx, out, "line_width", size));
  TRY(prop(ctx, out, "line_width_unit", "MM"));
  TRY(prop(ctx, out, "line_style", "solid"));
  TRY(prop(ctx, out, "capstyle", "round"));
  return prop(ctx, out, "joinstyle", "round");
}

static sund_code fill(sund_ctx *ctx, textbuf *out, const char *colour, const char *outline, const char *width) {
  TRY(prop(ctx, out, "color", colour));
  TRY(prop(ctx, out, "style", "solid"));
  TRY(prop(ctx, out, "outline_color", outline));
  TRY(prop(ctx, out, "outline_style", "solid"));
  TRY(prop(ctx, out, "outline_width", width));
  TRY(prop(ctx, out, "outline_width_unit", "MM"));
  return prop(ctx, out, "joinstyle", "round");
}

static sund_code symbol(sund_ctx *ctx, textbuf *out, const sund_layer *layer, size_t number) {
  const sund_style *style = style_of(layer);
  sund_kind kind = layer->table->kind;
  static const char *const class[] = {
      [SUND_POINT] = "SimpleMarker", [SUND_LINE] = "SimpleLine", [SUND_AREA] = "SimpleFill"};
  int rgb[3];
  style_rgb(style->classes[number].colour, rgb);
  const char *name = sund_text(ctx, "%zu", number), *size = textbuf_number(ctx, style_size(layer));
  const char *colour = rgba(ctx, rgb, 1, kind == SUND_AREA && !style->nested ? style->opacity : 1);
  const char *outline = rgba(ctx, rgb, style->nested ? 1 : 0.6, 1); /* darker than the fill */
  if (!name || !size || !colour || !outline) return SUND_LIMIT;
  TRY(textbuf_add(ctx, out, "<symbol name=\"", name, "\" type=\"", symbol_type(kind),
                  "\" alpha=\"1\" clip_to_extent=\"1\" force_rhr=\"0\"><layer class=\"", class[kind],
                  "\" enabled=\"1\" locked=\"0\" pass=\"0\">", NULL));
  if (kind == SUND_POINT) TRY(marker(ctx, out, colour, size));
  else if (kind == SUND_LINE) TRY(line(ctx, out, colour, size));
  else TRY(fill(ctx, out, colour, outline, style->nested ? size : "0.2"));
  return textbuf_add(ctx, out, "</layer></symbol>\n", NULL);
}

static sund_code one_class(sund_ctx *ctx, textbuf *out, const sund_style *style, size_t number, int language) {
  const sund_class *class = &style->classes[number];
  const char *name = sund_text(ctx, "%zu", number), *label = style_class_label(ctx, style, class, language);
  if (!name || !label) return SUND_LIMIT;
  TRY(textbuf_add(ctx, out, style->graduated ? "<range" : "<category", " render=\"true\" symbol=\"", name, "\"",
                  NULL));
  if (style->graduated) {
    const char *low = textbuf_number(ctx, style_bound(class->low, false));
    const char *high = textbuf_number(ctx, style_bound(class->high, true));
    if (!low || !high) return SUND_LIMIT;
    TRY(textbuf_attribute(ctx, out, "lower", low));
    TRY(textbuf_attribute(ctx, out, "upper", high));
  } else {
    /* An empty value stands for all others. */
    TRY(textbuf_attribute(ctx, out, "value", class->value ? class->value : ""));
  }
  TRY(textbuf_attribute(ctx, out, "label", label));
  return textbuf_add(ctx, out, "/>\n", NULL);
}

/* The largest value is drawn first. */
static sund_code falling(sund_ctx *ctx, textbuf *out, const char *column) {
  TRY(textbuf_add(ctx, out, "<orderby><orderByClause asc=\"0\" nullsFirst=\"0\">&quot;", NULL));
  TRY(textbuf_escaped(ctx, out, column));
  return textbuf_add(ctx, out, "&quot;</orderByClause></orderby>\n", NULL);
}

static sund_code renderer(sund_ctx *ctx, textbuf *out, const sund_layer *layer, int language) {
  const sund_style *style = style_of(layer);
  size_t symbols = style->column ? style->count : 1;
  const char *type = !style->column ? "singleSymbol" : style->graduated ? "graduatedSymbol" : "categorizedSymbol";
  TRY(textbuf_add(ctx, out, "<renderer-v2 type=\"", type, "\" symbollevels=\"0\" enableorderby=\"",
                  style->nested ? "1" : "0", "\" forceraster=\"0\"", NULL));
  if (style->column) {
    TRY(textbuf_attribute(ctx, out, "attr", style->column));
    if (style->graduated) TRY(textbuf_add(ctx, out, " graduatedMethod=\"GraduatedColor\"", NULL));
    TRY(textbuf_add(ctx, out, ">\n", style->graduated ? "<ranges>\n" : "<categories>\n", NULL));
    for (size_t i = 0; i < symbols; i++) TRY(one_class(ctx, out, style, i, language));
    TRY(textbuf_add(ctx, out, style->graduated ? "</ranges>\n" : "</categories>\n", NULL));
  } else {
    TRY(textbuf_add(ctx, out, ">\n", NULL));
  }
  TRY(textbuf_add(ctx, out, "<symbols>\n", NULL));
  for (size_t i = 0; i < symbols; i++) TRY(symbol(ctx, out, layer, i));
  TRY(textbuf_add(ctx, out, "</symbols>\n", NULL));
  if (style->nested) TRY(falling(ctx, out, style->column));
  return textbuf_add(ctx, out, "</renderer-v2>\n", NULL);
}

static sund_code labels(sund_ctx *ctx, textbuf *out, const sund_layer *layer) {
  const char *column = style_of(layer)->label_column;
  if (!column) return SUND_OK;
  /* Round a point in order of preference; along a line; level within an area. */
  const char *placement = layer->table->kind == SUND_POINT ? "6" : layer->table->kind == SUND_LINE ? "2" : "4";
  TRY(textbuf_add(ctx, out, "<labeling type=\"simple\"><settings calloutType=\"simple\"><text-style", NULL));
  TRY(textbuf_attribute(ctx, out, "fieldName", column));
  return textbuf_add(ctx, out,
                     " isExpression=\"0\" fontSize=\"8\" fontSizeUnit=\"Point\" textColor=\"40,40,40,255\""
                     " textOpacity=\"1\"><text-buffer bufferDraw=\"1\" bufferSize=\"0.7\" bufferSizeUnits=\"MM\""
                     " bufferColor=\"255,255,255,255\" bufferOpacity=\"1\" bufferNoFill=\"1\""
                     " bufferJoinStyle=\"128\"/></text-style><placement placement=\"",
                     placement,
                     "\" dist=\"0.5\" distUnits=\"MM\" priority=\"5\"/><rendering drawLabels=\"1\" obstacle=\"1\""
                     " scaleVisibility=\"0\"/></settings></labeling>\n",
                     NULL);
}

/* Of the whole layer. */
static sund_code transparency(sund_ctx *ctx, textbuf *out, const sund_style *style) {
  if (!style->nested) return SUND_OK;
  const char *opacity = textbuf_number(ctx, style->opacity);
  return opacity ? textbuf_add(ctx, out, "<layerOpacity>", opacity, "</layerOpacity>\n", NULL) : SUND_LIMIT;
}

static sund_code value_map(sund_ctx *ctx, textbuf *out, const sund_field *field, int language) {
  TRY(textbuf_add(ctx, out, "<field", NULL));
  TRY(textbuf_attribute(ctx, out, "name", field->name));
  TRY(textbuf_add(ctx, out,
                  "><editWidget type=\"ValueMap\"><config><Option type=\"Map\"><Option type=\"List\" name=\"map\">\n",
                  NULL));
  for (const sund_choice *choice = field->choices; choice->value; choice++) {
    TRY(textbuf_add(ctx, out, "<Option type=\"Map\"><Option type=\"QString\"", NULL));
    TRY(textbuf_attribute(ctx, out, "name", style_in(choice->label, language, choice->value)));
    TRY(textbuf_attribute(ctx, out, "value", choice->value));
    TRY(textbuf_add(ctx, out, "/></Option>\n", NULL));
  }
  return textbuf_add(ctx, out, "</Option></Option></config></editWidget></field>\n", NULL);
}

static sund_code fields(sund_ctx *ctx, textbuf *out, const sund_table *table, int language) {
  TRY(textbuf_add(ctx, out, "<fieldConfiguration>\n", NULL));
  for (size_t i = 0; i < table->columns; i++) {
    const sund_field *field = &table->column[i].field;
    if (field->choices && field->choices[0].value) TRY(value_map(ctx, out, field, language));
  }
  TRY(textbuf_add(ctx, out, "</fieldConfiguration>\n<aliases>\n", NULL));
  for (size_t i = 0; i < table->columns; i++) {
    const sund_field *field = &table->column[i].field;
    const char *alias = style_alias(ctx, field, language);
    const char *index = sund_text(ctx, "%zu", i + 1); /* 0 is the fid */
    if (!alias || !index) return SUND_LIMIT;
    TRY(textbuf_add(ctx, out, "<alias", NULL));
    TRY(textbuf_attribute(ctx, out, "field", field->name));
    TRY(textbuf_attribute(ctx, out, "index", index));
    TRY(textbuf_attribute(ctx, out, "name", alias));
    TRY(textbuf_add(ctx, out, "/>\n", NULL));
  }
  return textbuf_add(ctx, out, "</aliases>\n", NULL);
}

static sund_code qml(sund_ctx *ctx, const sund_layer *layer, int language, textbuf *out) {
  bool spatial = layer->table->kind != SUND_NONE;
  const char *geometry = layer->table->kind == SUND_POINT  ? "0"
                         : layer->table->kind == SUND_LINE ? "1"
                         : spatial                         ? "2"
                                                           : "4";
  bool labelled = spatial && style_of(layer)->label_column;
  unsigned scale = spatial ? style_of(layer)->smallest_scale : 0;
  const char *visible = "";
  if (scale) visible = sund_text(ctx, " hasScaleBasedVisibilityFlag=\"1\" maxScale=\"0\" minScale=\"%u\"", scale);
  if (!visible) return SUND_LIMIT;
  TRY(textbuf_add(ctx, out,
                  "<!DOCTYPE qgis PUBLIC 'http://mrcc.com/qgis.dtd' 'SYSTEM'>\n<qgis version=\"3.22.0\""
                  " styleCategories=\"Symbology|Labeling|Fields|Forms|Rendering\" labelsEnabled=\"",
                  labelled ? "1" : "0", "\"", visible, ">\n", NULL));
  if (spatial) {
    TRY(renderer(ctx, out, layer, language));
    TRY(labels(ctx, out, layer));
    TRY(textbuf_add(ctx, out, "<blendMode>0</blendMode>\n<featureBlendMode>0</featureBlendMode>\n", NULL));
    TRY(transparency(ctx, out, style_of(layer)));
  }
  TRY(fields(ctx, out, layer->table, language));
  return textbuf_add(ctx, out, "<layerGeometryType>", geometry, "</layerGeometryType>\n</qgis>\n", NULL);
}

const char *style_qml(sund_ctx *ctx, const sund_layer *layer, int language) {
  textbuf out = {0};
  return qml(ctx, layer, language, &out) == SUND_OK ? out.text : NULL;
}
