/*
 * credential_sign.h
 *	  Check signs of numbers.
 */
#ifndef ICP_CORE_CREDENTIAL_SIGN_H
#define ICP_CORE_CREDENTIAL_SIGN_H

/* Check signs, of 17, 17, 8 and 14 canonical signs; 0 when there is another sign among them. */
extern char icp_resident_id_sign(const char *body);
extern char icp_uscc_sign(const char *body);
extern char icp_org_code_sign(const char *body);
extern char icp_business_licence_sign(const char *body);

/* 15 digits to 18 signs (no final zero). */
extern void icp_resident_id_upgrade(const char *former, char *number);

#endif							/* ICP_CORE_CREDENTIAL_SIGN_H */
