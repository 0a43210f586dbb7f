// Which answers have arrived: what tells a repeated request, whose client sends no key and marks no
// retry, from a second one that is meant.
//
// One attempt per request that tracks its delivery (http_request::tracks_delivery), from before its
// act until its answer is known to have arrived or to be lost. An equal request joins the earlier
// one where that one's answer is lost, or was in flight when a run of the server ended. While the
// earlier one is in flight on a living connection, or has arrived, the new one is a new request.
//
// What is known of this run lives here, in memory; the row (tracked_request) carries it over a
// restart. It is settled in the background after the answer: a crash in between makes an answer
// that arrived look lost, so that an equal request after it joins. What TCP can know:
// delivery_report in net/http.hpp.
#pragma once

#include <chrono>
#include <memory>

#include "base/unique_function.hpp"
#include "net/http.hpp"
#include "store/store.hpp"

namespace dialplane {

class id_generator;

class tracked_attempt {
 public:
  virtual ~tracked_attempt() = default;

  virtual const request_hash& fingerprint() const noexcept = 0;
  virtual const uuid_bytes& id() const noexcept = 0;
  virtual const uuid_bytes& run() const noexcept = 0;

  // Inside units, from any thread:
  // Whether the answer of the attempt that holds the row is lost.
  virtual bool joins(const tracked_request& row) const = 0;
  // Whether this request's own client was seen gone when a later equal one was there: this one is
  // not to begin.
  virtual bool is_deserted() const = 0;
  // A row names this attempt.
  virtual void acted() noexcept = 0;
};

class delivery_tracker {
 public:
  // Both must outlive it, or stop() comes first.
  delivery_tracker(store& database, const clock& time, id_generator& ids);
  ~delivery_tracker();  // as stop()
  delivery_tracker(const delivery_tracker&) = delete;
  delivery_tracker& operator=(const delivery_tracker&) = delete;

  // `connection` may be null: then the client counts as there until its answer is told of.
  std::shared_ptr<tracked_attempt> begin(const request_hash& fingerprint,
                                         std::shared_ptr<delivery_look> connection,
                                         std::chrono::steady_clock::time_point received_at);
  // Runs `then`, on the calling loop, once it is known how the equal attempts before it stand:
  // at once where there are none, else when their connections were looked at. An answer that its
  // peer has not acknowledged within `patience` is lost.
  void settle_earlier(const std::shared_ptr<tracked_attempt>& mine, unique_function<void()> then);
  // The attempt is being answered: to be carried by its http_response.
  delivery_report report_of(const std::shared_ptr<tracked_attempt>& mine);
  // Nothing is written any more.
  void stop() noexcept;

  static constexpr std::chrono::milliseconds patience{2'000};
  static constexpr std::size_t looked_at_most = 100;  // equal ones at once; the rest count as there

  struct core;

 private:
  std::shared_ptr<core> core_;
};

}  // namespace dialplane
