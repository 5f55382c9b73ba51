/*
 * compat.h
 *	  Every difference between server versions, 15 to 18, in one place.
 *
 * Include after postgres.h and before anything that expands PG_FUNCTION_INFO_V1.
 */
#ifndef ICP_COMPAT_H
#define ICP_COMPAT_H

#include "fmgr.h"

#if PG_VERSION_NUM < 150000
#error "icpfiling needs PostgreSQL 15 or later"
#endif

#if PG_VERSION_NUM >= 160000
#include "varatt.h"
#include "nodes/miscnodes.h"
#endif

/*
 * The library is compiled with hidden symbols.  15 leaves PGDLLEXPORT empty, so it is given the meaning that
 * it has from 16 on, and the function itself is declared with it (16 and later do that in fmgr.h).
 */
#if PG_VERSION_NUM < 160000
#undef PGDLLEXPORT
#define PGDLLEXPORT __attribute__((visibility("default")))
#endif

#define ICP_FUNCTION(name) \
	extern PGDLLEXPORT Datum name(PG_FUNCTION_ARGS); \
	PG_FUNCTION_INFO_V1(name)

/* Soft errors came with 16; before it they are ordinary ones. */
#if PG_VERSION_NUM < 160000
#define errsave(context, ...) ereport(ERROR, __VA_ARGS__)
#define ereturn(context, dummy_value, ...) \
	do { \
		errsave(context, __VA_ARGS__); \
		return dummy_value; \
	} while (0)
#define SOFT_ERROR_OCCURRED(context) false
#endif

/* What never returns is marked in front of the declaration; 18 renamed the mark. */
#if PG_VERSION_NUM >= 180000
#define ICP_NORETURN pg_noreturn
#else
#define ICP_NORETURN pg_attribute_noreturn()
#endif

/* A setting by its name, or NULL: find_option() is to be had from 16 on. */
#include "utils/guc_tables.h"

static inline struct config_generic *
icp_find_setting(const char *name)
{
#if PG_VERSION_NUM >= 160000
	return find_option(name, false, true, 0);
#else
	struct config_generic **all = get_guc_variables();
	int			n = GetNumConfigOptions();
	int			i;

	for (i = 0; i < n; i++)
		if (pg_strcasecmp(all[i]->name, name) == 0)
			return all[i];
	return NULL;
#endif
}

/* ExecInsertIndexTuples got onlySummarizing with 16. */
#if PG_VERSION_NUM >= 160000
#define icp_insert_index_tuples(rri, slot, estate) \
	ExecInsertIndexTuples(rri, slot, estate, false, false, NULL, NIL, false)
#else
#define icp_insert_index_tuples(rri, slot, estate) \
	ExecInsertIndexTuples(rri, slot, estate, false, false, NULL, NIL)
#endif

/* index_beginscan got instrumentation with 18. */
#if PG_VERSION_NUM >= 180000
#define icp_index_beginscan(heap, index, snapshot, nkeys) \
	index_beginscan(heap, index, snapshot, NULL, nkeys, 0)
#else
#define icp_index_beginscan(heap, index, snapshot, nkeys) \
	index_beginscan(heap, index, snapshot, nkeys, 0)
#endif

/* vacuum_delay_point is told whether ANALYZE calls from 18 on, and the statistics target has moved with 17. */
#if PG_VERSION_NUM >= 180000
#define icp_vacuum_delay_point(is_analyze) vacuum_delay_point(is_analyze)
#else
#define icp_vacuum_delay_point(is_analyze) vacuum_delay_point()
#endif
#if PG_VERSION_NUM >= 170000
#define ICP_STATS_TARGET(stats) ((stats)->attstattarget)
#else
#define ICP_STATS_TARGET(stats) ((stats)->attr->attstattarget)
#endif

/* stringToQualifiedNameList takes an error context from 16 on. */
#if PG_VERSION_NUM >= 160000
#define icp_qualified_name(string) stringToQualifiedNameList(string, NULL)
#else
#define icp_qualified_name(string) stringToQualifiedNameList(string)
#endif

/* Ranges are made with an error context from 16 on. */
#if PG_VERSION_NUM >= 160000
#define icp_range_serialize(typcache, lower, upper) range_serialize(typcache, lower, upper, false, NULL)
#define icp_make_range(typcache, lower, upper) make_range(typcache, lower, upper, false, NULL)
#else
#define icp_range_serialize(typcache, lower, upper) range_serialize(typcache, lower, upper, false)
#define icp_make_range(typcache, lower, upper) make_range(typcache, lower, upper, false)
#endif

/* Who owns a relation: one function for all kinds of objects from 16 on. */
#include "utils/acl.h"
#if PG_VERSION_NUM >= 160000
#include "catalog/pg_class.h"
#define icp_owns_relation(relid, role) object_ownercheck(RelationRelationId, relid, role)
#else
#define icp_owns_relation(relid, role) pg_class_ownercheck(relid, role)
#endif

/* getIdentitySequence takes the relation from 17 on. */
#if PG_VERSION_NUM >= 170000
#define icp_identity_sequence(rel, attnum) getIdentitySequence(rel, attnum, false)
#else
#define icp_identity_sequence(rel, attnum) getIdentitySequence(RelationGetRelid(rel), attnum, false)
#endif

/* table_tuple_update tells which indexes need the tuple from 16 on; expands to whether any does. */
#if PG_VERSION_NUM >= 160000
#define ICP_UPDATE_INDEXES TU_UpdateIndexes
#define ICP_UPDATE_NEEDS_INDEXES(update_indexes) ((update_indexes) != TU_None)
#else
#define ICP_UPDATE_INDEXES bool
#define ICP_UPDATE_NEEDS_INDEXES(update_indexes) (update_indexes)
#endif

/* Constraints may be NOT ENFORCED, and generated columns virtual, from 18 on. */
#if PG_VERSION_NUM >= 180000
#define ICP_CHECK_ENFORCED(check) ((check)->ccenforced)
#define ICP_HAS_GENERATED(constr) ((constr)->has_generated_stored || (constr)->has_generated_virtual)
#else
#define ICP_CHECK_ENFORCED(check) true
#define ICP_HAS_GENERATED(constr) ((constr)->has_generated_stored)
#endif

#endif							/* ICP_COMPAT_H */
