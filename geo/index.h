/* index.h - what a room below the front door may ask of an index: pairs of its items. */
#ifndef SUND_GEO_INDEX_H
#define SUND_GEO_INDEX_H

#include "sund/geo.h"

/* Groups of neighbouring items, the units of work for index_pairs. */
size_t index_groups(const sund_index *index);

/* Calls visit for every pair of items a < b whose boxes meet when that of a is grown `by` metres, of which a belongs to
 * the groups begin .. end-1. The pairs of one a come in the order in which a search for its grown box visits them, those
 * of different ones in between. One search serves a group, whose items lie close together. */
void index_pairs(const sund_index *index, size_t begin, size_t end, double by,
                 void (*visit)(size_t a, size_t b, void *data), void *data);

#endif
