/*
 * name_key_make.h
 *	  Keys of sponsors' names, callable without fmgr.
 */
#ifndef ICP_TYPES_NAME_KEY_MAKE_H
#define ICP_TYPES_NAME_KEY_MAKE_H

/* Key of a name (text in the server's encoding), palloc'd and zero-terminated. */
extern char *icp_name_key_make(const char *name, int len, size_t *keylen);

#endif							/* ICP_TYPES_NAME_KEY_MAKE_H */
