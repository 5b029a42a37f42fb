namespace EmotionMLNet.Training.Tuning.Search;

/// <summary>Something that follows a search and never changes it; called on the threads of the workers, one at a time.</summary>
internal interface ISearchListener
{
    /// <summary>A worker takes up a trial.</summary>
    void OnBegun(SearchState state, SearchTrial trial, string worker) { }

    /// <summary>An epoch of a trial is done.</summary>
    void OnEpochDone(SearchState state, SearchTrial trial, TrialEpoch epoch) { }

    /// <summary>A trial has come to its rung, was stopped, rejected, released, or has failed.</summary>
    void OnEnded(SearchState state, SearchTrial trial) { }

    /// <summary>A fact was recorded.</summary>
    void OnRecorded(SearchState state, string name, string value) { }
}
