// What requests about carrier accounts have in common in both dialects: the book they are kept in,
// and the note of who changed one.
#pragma once

#include <string_view>

#include "app/audit_trail.hpp"
#include "app/carrier_accounts.hpp"
#include "edge/rest/request_context.hpp"
#include "edge/rest/rest_service.hpp"

namespace dialplane {

inline result<account_book*> account_book_of(const rest_context& context) {
  account_book* book = context->service().hooks().accounts;
  if (book == nullptr) {
    return refused(error_code::not_configured, "This server has no carrier accounts.");
  }
  return book;
}

// Goes to the audit trail in the name of whoever asks.
inline act_note act_note_of(const rest_context& context) {
  return [context](session& work, std::string_view action, std::string_view object) {
    return record_act(work, context->env(), context->who(), action, object,
                      context->request_id());
  };
}

// An account as it was, and what became of it.
struct account_removal {
  carrier_account row;
  removed_account removed;
};

}  // namespace dialplane
