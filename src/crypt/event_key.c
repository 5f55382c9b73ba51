/*
 * event_key.c
 *	  The key of the event log.
 *
 * The settings can be changed in the server's configuration only, so that no session can point the server
 * at a file of its choice.  The file is read for each statement that writes events, and its bytes are
 * overwritten afterwards; no function returns them, and none computes a digest with the key over what a
 * caller chooses: see chain_event.c.
 */
#include "postgres.h"

#include "compat.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "crypt/event_key.h"
#include "storage/fd.h"
#include "utils/guc.h"
#include "utils/memutils.h"

#define KEY_BYTES_MIN	32		/* as long as the digest: RFC 2104 §3 */
#define KEY_BYTES_MAX	4096

static char *event_key_file = NULL;
static int	event_digest = ICP_HMAC_SHA256;

static const struct config_enum_entry digest_options[] = {
	{"sha256", ICP_HMAC_SHA256, false},
	{"sm3", ICP_HMAC_SM3, false},
	{NULL, 0, false}
};

/* The setting that a client, a role or a database gave, so that the configuration's is not known; or NULL. */
static const char *pushed_aside = NULL;

/*
 * Before the library is loaded anybody may give its settings when he connects (PGOPTIONS).  The server refuses
 * them when they are defined, with a warning, but then they have the built-in value and not the
 * configuration's: the log would go on without its key.
 */
static void
look_behind(const char *name)
{
	struct config_generic *setting = icp_find_setting(name);

	if (setting != NULL && setting->reset_source > PGC_S_ARGV)
		pushed_aside = name;
}

static void
check_not_pushed_aside(void)
{
	if (pushed_aside != NULL)
		ereport(ERROR,
				(errcode(ERRCODE_CANT_CHANGE_RUNTIME_PARAM),
				 errmsg("setting \"%s\" was given by the client, or to its role or database", pushed_aside),
				 errdetail("What the server's configuration has for it is not known to this session."),
				 errhint("Connect without it: it is not for PGOPTIONS, ALTER ROLE or ALTER DATABASE.")));
}

void
icp_event_key_init(void)
{
	look_behind("icpfiling.event_digest");
	look_behind("icpfiling.event_key_file");
	DefineCustomStringVariable("icpfiling.event_key_file",
							   "File with the key of the registries' event logs.",
							   "At least 32 random bytes, readable by the server only. Empty: the logs are "
							   "chained without a key.",
							   &event_key_file, "", PGC_SIGHUP, GUC_SUPERUSER_ONLY, NULL, NULL, NULL);
	DefineCustomEnumVariable("icpfiling.event_digest",
							 "Digest that new events are chained with, where there is a key.",
							 "sha256 is HMAC-SHA-256, sm3 is HMAC-SM3.",
							 &event_digest, ICP_HMAC_SHA256, digest_options, PGC_SIGHUP, 0, NULL, NULL, NULL);
}

IcpDigestMethod
icp_event_method(void)
{
	check_not_pushed_aside();
	return event_key_file == NULL || event_key_file[0] == '\0' ? ICP_SHA256 : (IcpDigestMethod) event_digest;
}

/* The path is for the administrator, who has the server's log. */
ICP_NORETURN static void bad_key_file(const char *problem);

static void
bad_key_file(const char *problem)
{
	ereport(ERROR,
			(errcode(ERRCODE_CONFIG_FILE_ERROR),
			 errmsg("the key file of the event log cannot be used"),
			 errdetail("%s.", problem),
			 errdetail_log("%s: %s.", event_key_file, problem),
			 errhint("Setting icpfiling.event_key_file names a file of 32 to 4096 random bytes that is "
					 "the server's user's with mode 0600 or less, or root's with 0640 or less.")));
}

/* Reads the file; the same demands as the server's own on the key of its certificate. */
static size_t
read_key(uint8 *key)
{
	struct stat st;
	int			fd = OpenTransientFile(event_key_file, O_RDONLY | O_NONBLOCK | PG_BINARY);
	size_t		n = 0;

	if (fd < 0)
		bad_key_file(psprintf("It cannot be opened: %s", strerror(errno)));
	if (fstat(fd, &st) != 0)
		bad_key_file(psprintf("It cannot be examined: %s", strerror(errno)));
	if (!S_ISREG(st.st_mode))
		bad_key_file("It is not a regular file");
	if (st.st_uid != geteuid() && st.st_uid != 0)
		bad_key_file("It belongs neither to the server's user nor to root");
	if ((st.st_uid == geteuid() && (st.st_mode & (S_IRWXG | S_IRWXO)) != 0) ||
		(st.st_uid == 0 && (st.st_mode & (S_IWGRP | S_IXGRP | S_IRWXO)) != 0))
		bad_key_file(psprintf("Others may read or write it: its mode is %04o",
							  (unsigned) (st.st_mode & 07777)));
	if (st.st_size < KEY_BYTES_MIN || st.st_size > KEY_BYTES_MAX)
		bad_key_file("It has less than 32 or more than 4096 bytes");
	for (;;)
	{
		ssize_t		got = read(fd, key + n, KEY_BYTES_MAX - n);

		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			bad_key_file(psprintf("It cannot be read: %s", strerror(errno)));
		if (got == 0)
			break;
		n += got;
	}
	CloseTransientFile(fd);
	if (n < KEY_BYTES_MIN)
		bad_key_file("It has less than 32 bytes");
	return n;
}

/* The key in memory, overwritten when the context goes: an error in between leaves nothing behind. */
typedef struct Key
{
	MemoryContextCallback callback;
	uint8		bytes[KEY_BYTES_MAX];
} Key;

static void
forget_key(void *key)
{
	icp_forget(key, KEY_BYTES_MAX);
}

IcpDigester *
icp_event_digester(IcpDigestMethod method)
{
	IcpDigester *digester;
	Key		   *key;

	if (method == ICP_SHA256)
		return icp_digester_create(method, NULL, 0);
	if (icp_event_method() == ICP_SHA256)
		return NULL;
	key = palloc(sizeof(Key));
	key->callback.func = forget_key;
	key->callback.arg = key->bytes;
	MemoryContextRegisterResetCallback(CurrentMemoryContext, &key->callback);
	digester = icp_digester_create(method, key->bytes, read_key(key->bytes));
	icp_forget(key->bytes, KEY_BYTES_MAX);
	return digester;
}
