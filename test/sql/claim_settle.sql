-- A side that is filed is not rejected, but revoked: after a rejection both would stay filed with one key.
SET client_min_messages = warning;
\set SHOW_CONTEXT never
SELECT icp.create_registry('cs');
SET search_path = cs, public;
INSERT INTO provider (name) VALUES ('P');
INSERT INTO account (provider_id, user_name) VALUES (1, 'one'), (1, 'two');
INSERT INTO sponsor (account_id, province, name, status, number) VALUES
	(1, '京', '甲公司', 'filed', '京ICP备13000001号'), (2, '京', '乙公司', 'filed', '京ICP备13000002号');
INSERT INTO site (sponsor_id, domains, homepage, status, number) VALUES
	(1, '{a.cn}', 'www.a.cn', 'filed', '京ICP备13000001号-1'), (2, '{b.cn}', 'www.a.cn', 'filed', '京ICP备13000002号-1'),
	(2, '{a.cn}', NULL, 'draft', NULL);
SELECT kind, left_holder_id, right_holder_id, left_approved, right_approved, state FROM conflict ORDER BY kind;
UPDATE conflict SET settlement = 'reject_left', reason = '域名证书不符，电话 010-1' WHERE kind = 'homepage';
UPDATE conflict SET settlement = 'reject_right', reason = '域名证书不符，电话 010-1' WHERE kind = 'homepage';
UPDATE conflict SET settlement = 'reject_left', reason = '域名证书不符，电话 010-1' WHERE kind = 'domain';
SELECT kind, state FROM conflict ORDER BY kind;
-- who is not filed can be; and a filed one is revoked
UPDATE conflict SET settlement = 'reject_right', reason = '域名证书不符，电话 010-1' WHERE kind = 'domain';
UPDATE conflict SET settlement = 'revoke_right', reason = '恶意抢注' WHERE kind = 'homepage';
SELECT kind, state, settlement FROM conflict ORDER BY kind;
SELECT id, status FROM site ORDER BY id;
DROP SCHEMA cs CASCADE;
