// Objects and answers of the cartesia dialect, as text. Pure functions: the same rows and outcomes
// always give the same bytes, so that a repeated request gets the very answer of the first one.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "domain/agent.hpp"
#include "domain/approval.hpp"
#include "domain/carrier_account.hpp"
#include "domain/operation.hpp"
#include "edge/rest/error_table.hpp"
#include "store/number_queries.hpp"

namespace dialplane {

// PhoneNumberResponse: with provider. A number still being bought is shown as pending, with the
// operation that buys it where its mark names one. `providers` are those of the organization, among
// them the homes of its imported numbers.
std::string cartesia_number_text(const number_view& view,
                                 const std::vector<carrier_account>& providers = {});
std::string cartesia_number_page_text(const page<number_view>& numbers,
                                      const std::vector<carrier_account>& providers = {});
// One row of GET /agents/{agent_id}/phone-numbers.
std::string cartesia_agent_number_text(const number_view& view);

// An ended provision: 201 with the base object, or its error in the style asked for, with the
// request id of the request that was accepted.
rest_answer cartesia_provision_answer(const operation& ended, error_style style);
// 202: the purchase outlasted the wait.
rest_answer cartesia_pending_answer(const number_view& view, operation_id work);
error cartesia_approval_refusal(const approval& waiting);

// The error in an outcome that failed; internal_error if it holds none.
error error_of_outcome(std::string_view outcome);

// AgentSummary; with phone_numbers if they are given.
std::string cartesia_agent_text(const agent& row, const std::vector<number_view>* numbers);
// ManagedAgent and its summary.
std::string cartesia_managed_agent_text(const agent& row);
std::string cartesia_managed_agent_page_text(const page<agent>& agents);
// "av_…": stands for one version of one agent's configuration.
std::string cartesia_version_id(const agent& row);

}  // namespace dialplane
