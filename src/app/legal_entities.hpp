// Legal entities: the companies that numbers are registered for. One per user; recorded, submitted
// and attested by an operator, which stands in for the vendor's formation. All run inside a unit.
//
// The EIN is sealed before it is stored and never handed out. Rules: naive dialect §9.
#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "app/environment.hpp"
#include "domain/legal_entity_rules.hpp"
#include "domain/organization.hpp"
#include "domain/user.hpp"
#include "store/session.hpp"

namespace dialplane {

// For the asked user, else the key's, else the default one. conflict: it has an entity already.
result<legal_entity> create_legal_entity(session& work, const app_environment& env,
                                         const actor& who, std::optional<user_id> asked,
                                         const legal_entity_changes& changes,
                                         std::string_view request);
// A submitted entity goes back to pending; an attested one must stay complete
// (entity_incomplete). conflict: name, type, country or EIN of a company that is registered with
// carriers, or being registered; everything else may be corrected.
result<legal_entity> update_legal_entity(session& work, const app_environment& env,
                                         const actor& who, legal_entity_id id,
                                         const legal_entity_changes& changes,
                                         std::string_view request);
// entity_incomplete. conflict: attested already.
result<legal_entity> submit_legal_entity(session& work, const app_environment& env,
                                         const actor& who, legal_entity_id id,
                                         std::string_view request);
// The operator's word that the company is real: formation_completed. conflict: not submitted.
result<legal_entity> complete_legal_entity(session& work, const app_environment& env,
                                           const actor& who, legal_entity_id id,
                                           std::string_view request);

// not_found also for the entity of a user that the key may not see.
result<legal_entity> get_legal_entity(session& work, const actor& who, legal_entity_id id);
// None or one.
result<std::vector<legal_entity>> list_legal_entities(session& work, const actor& who,
                                                      std::optional<user_id> asked);

// Whether the people behind the subject's company are verified. The operator's attestation of the
// company covers its contact.
struct verification_view {
  std::optional<legal_entity> entity;
};
result<verification_view> get_verification(session& work, const actor& who,
                                           std::optional<user_id> asked);

}  // namespace dialplane
