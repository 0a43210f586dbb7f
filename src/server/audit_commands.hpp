// audit verify, audit head: is the chain of audit entries whole, and what is its end.
#pragma once

#include "server/local_commands.hpp"

namespace dialplane {

// Recomputes every hash of one organization (--organization) or of all. The answer:
// {"verified":true,"organizations":[{"organization_id","entries","head"}],"broken":[…]}, where a
// broken chain is {"organization_id","sequence","why"}.
result<boost::json::object> verify_audit(local_environment& env,
                                         const boost::json::object& options);

// {"organizations":[{"organization_id","entries","head"}]}: to keep elsewhere.
result<boost::json::object> show_audit_head(local_environment& env,
                                            const boost::json::object& options);

// Seals what waits, then verifies; sentences about broken chains. For `check`.
result<std::vector<std::string>> broken_audit_chains(local_environment& env);

}  // namespace dialplane
