-- What the templates make on this server; icp.check_registry() compares.
SELECT icp.learn_registry();
