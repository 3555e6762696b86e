/* gpkg_describe.c - what makes a layer explain itself: titles and descriptions of columns, allowed values, metadata
 * as QGIS reads it, styles in three languages, and the record of the run. */
#include <sqlite3.h>
#include <string.h>

#include "gpkg.h"
#include "style_inside.h"
#include "textbuf.h"

static const char *const style_name[3] = {"Dansk", "Svenska", "English"};

/* "da / sv / en" of a text, each once; empty when there is none. */
static sund_code trilingual(gpkg_file *file, const char *const text[3], const char *fallback, textbuf *out) {
  for (int i = 0; i < 3; i++) {
    const char *word = text[i] && *text[i] ? text[i] : NULL;
    for (int k = 0; k < i && word; k++)
      if (text[k] && strcmp(text[k], word) == 0) word = NULL;
    if (word) TRY(textbuf_add(file->ctx, out, out->length ? " / " : "", word, NULL));
  }
  return out->length ? SUND_OK : textbuf_add(file->ctx, out, fallback, NULL);
}

/* Enumerated values as a domain; readers show the description for the value. */
static sund_code add_domain(gpkg_file *file, const char *name, const sund_choice *choices) {
  for (size_t i = 0; choices[i].value; i++) {
    textbuf text = {0};
    TRY(trilingual(file, choices[i].label, choices[i].value, &text));
    TRY(gpkg_run(file, "INSERT INTO gpkg_data_column_constraints VALUES (?, 'enum', ?, NULL, NULL, NULL, NULL, ?)",
                 "ttt", name, choices[i].value, text.text));
  }
  return SUND_OK;
}

static sund_code describe_column(gpkg_file *file, const char *table, const sund_field *field) {
  const char *title = style_alias(file->ctx, field, file->spec->language);
  textbuf description = {0};
  TRY(trilingual(file, field->label, field->name, &description));
  if (!title) return SUND_LIMIT;
  char *domain = NULL;
  if (field->choices && field->choices[0].value) {
    domain = sund_text(file->ctx, "%s_%s", table, field->name);
    if (!domain) return SUND_LIMIT;
    /* The standard wants lower case. */
    for (char *c = domain; *c; c++)
      if (*c >= 'A' && *c <= 'Z') *c = (char)(*c - 'A' + 'a');
    TRY(add_domain(file, domain, field->choices));
  }
  return gpkg_run(file, "INSERT INTO gpkg_data_columns VALUES (?, ?, NULL, ?, ?, NULL, ?)", "ttttt", table,
                  field->name, title, description.text, domain);
}

static sund_code add_styles(gpkg_file *file, const sund_layer *layer) {
  bool spatial = layer->table->kind != SUND_NONE;
  for (int i = 0; i < 3; i++) {
    const char *qml = style_qml(file->ctx, layer, i);
    const char *sld = spatial ? style_sld(file->ctx, layer, i) : "";
    if (!qml || !sld) return SUND_LIMIT;
    TRY(gpkg_run(file,
                 "INSERT INTO layer_styles (f_table_catalog, f_table_schema, f_table_name, f_geometry_column,"
                 " styleName, styleQML, styleSLD, useAsDefault, description, owner, ui, update_time)"
                 " VALUES ('', '', ?, ?, ?, ?, ?, ?, ?, 'sund', NULL, ?)",
                 "tttttitt", layer->table->name, spatial ? "geom" : "", style_name[i], qml, sld,
                 (int64_t)(i == file->spec->language), style_in(layer->title, i, layer->table->name),
                 file->spec->date));
  }
  return SUND_OK;
}

static sund_code add_metadata(gpkg_file *file, const sund_layer *layer) {
  const char *xml = style_metadata(file->ctx, layer, file->spec->crs, file->spec->language);
  if (!xml) return SUND_LIMIT;
  TRY(gpkg_run(file,
               "INSERT INTO gpkg_metadata (md_scope, md_standard_uri, mime_type, metadata)"
               " VALUES ('dataset', ?, 'text/xml', ?)",
               "tt", GPKG_QGIS_URI, xml));
  return gpkg_run(file,
                  "INSERT INTO gpkg_metadata_reference VALUES ('table', ?, NULL, NULL, ?, last_insert_rowid(), NULL)",
                  "tt", layer->table->name, file->spec->date);
}

sund_code gpkg_describe(gpkg_file *file, size_t layer) {
  const sund_layer *described = &file->spec->layer[layer];
  const sund_table *table = described->table;
  for (size_t i = 0; i < table->columns; i++) TRY(describe_column(file, table->name, &table->column[i].field));
  TRY(add_metadata(file, described));
  return add_styles(file, described);
}

/* With a plain table among the contents GDAL sees registered tables only, and QGIS asks GDAL for the styles. */
static sund_code register_styles(gpkg_file *file) {
  return gpkg_run(file,
                  "INSERT INTO gpkg_contents (table_name, data_type, identifier, description, last_change)"
                  " VALUES ('layer_styles', 'attributes', 'layer_styles', 'styles of the layers, read by QGIS', ?)",
                  "t", file->spec->date);
}

/* The record stands for the whole file, and for each of our tables: that is how a later run knows them as ours. */
sund_code gpkg_finish(gpkg_file *file) {
  TRY(register_styles(file));
  TRY(gpkg_run(file,
               "INSERT INTO gpkg_metadata (md_scope, md_standard_uri, mime_type, metadata)"
               " VALUES ('dataset', ?, 'application/json', ?)",
               "tt", GPKG_RECORD_URI, file->spec->record ? file->spec->record : "{}"));
  int64_t id = sqlite3_last_insert_rowid(file->db);
  TRY(gpkg_run(file, "INSERT INTO gpkg_metadata_reference VALUES ('geopackage', NULL, NULL, NULL, ?, ?, NULL)", "ti",
               file->spec->date, id));
  for (size_t i = 0; i < file->spec->layers; i++)
    TRY(gpkg_run(file, "INSERT INTO gpkg_metadata_reference VALUES ('table', ?, NULL, NULL, ?, ?, NULL)", "tti",
                 file->spec->layer[i].table->name, file->spec->date, id));
  return gpkg_exec(file, "COMMIT");
}
