namespace EmotionMLNet.Training.Optimisers;

/// <summary>Turns gradients into changes of weights.</summary>
internal interface IOptimiser
{
    /// <summary>Updates every parameter that learns from its gradient, at its own multiple of the rate.</summary>
    void Step(float learningRate);

    /// <summary>Everything that a resumed run needs, by name; the arrays are live.</summary>
    IEnumerable<(string Name, float[] Values)> State { get; }

    /// <summary>Number of steps taken; part of the state.</summary>
    int Steps { get; set; }
}
