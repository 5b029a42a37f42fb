namespace EmotionMLNet.Training.Tuning.Search;

/// <summary>What a worker that is free does next.</summary>
internal abstract record SearchDecision
{
    private SearchDecision() { }

    /// <summary>Begins a trial, whose number is the next one.</summary>
    public sealed record Begin(TrialProposal Proposal) : SearchDecision;

    /// <summary>Goes on with a trial that was paused, released or lost.</summary>
    /// <param name="Trial">Its number.</param>
    /// <param name="Rung">The rung to which it runs, from 0.</param>
    public sealed record GoOn(int Trial, int Rung) : SearchDecision;

    /// <summary>Writes down a trial that is not trained.</summary>
    /// <param name="Proposal">What would have been tried.</param>
    /// <param name="Reason">The limit that it breaks: one line.</param>
    public sealed record Reject(TrialProposal Proposal, string Reason) : SearchDecision;

    /// <summary>Gives up a trial that was lost too often.</summary>
    /// <param name="Trial">Its number.</param>
    /// <param name="Reason">One line.</param>
    public sealed record GiveUp(int Trial, string Reason) : SearchDecision;

    /// <summary>Records a fact.</summary>
    /// <param name="Name">Its name, which has no fact yet.</param>
    /// <param name="Value">Text.</param>
    public sealed record Record(string Name, string Value) : SearchDecision;

    /// <summary>Asks again once the limits are known to hold for a proposal or not: nothing is written, and nobody waits.</summary>
    public sealed record Measure(TrialProposal Proposal) : SearchDecision;

    /// <summary>Asks again later: others must come to an end first.</summary>
    public sealed record Wait : SearchDecision;

    /// <summary>Nothing is left to do.</summary>
    public sealed record Stop : SearchDecision;
}
