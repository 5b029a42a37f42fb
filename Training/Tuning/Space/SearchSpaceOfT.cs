namespace EmotionMLNet.Training.Tuning.Space;

/// <summary>
/// A search space that a class describes: its properties with <see cref="RangeAttribute"/>, <see cref="ChoiceAttribute"/>,
/// <see cref="BooleanChoiceAttribute"/> and <see cref="NestOptionAttribute"/>. Others keep their values.
/// </summary>
/// <remarks>
/// A key is the property's name with a small first letter, so that a class with the property LearningRate is a space for the record
/// "optimisation" of <see cref="TuningExperiment.AddSearchSpace"/>. Enumerations are written as settings files write them.
/// </remarks>
/// <typeparam name="T">A class with a constructor that takes nothing, whose searched properties can be set.</typeparam>
/// <example>
/// <code>
/// class Rates
/// {
///     [Range(1e-4, 1e-1, logBase: true)] public float LearningRate { get; set; } = 0.01f;
///     [Choice("sgd", "adamw")] public string Optimiser { get; set; } = "sgd";
/// }
///
/// experiment.AddSearchSpace("optimisation", new SearchSpace&lt;Rates&gt;());
/// </code>
/// </example>
public sealed record SearchSpace<T> : SearchSpace where T : class, new()
{
    private readonly SpaceClass members;

    /// <summary>Makes the space of a class; what it holds is tried first.</summary>
    /// <param name="defaultOption">Values that are tried first, where an attribute does not say; null is a new instance.</param>
    /// <exception cref="ArgumentException">
    /// A searched property cannot be set, is of a type that its attribute is not for, or has a range that is none.
    /// </exception>
    public SearchSpace(T? defaultOption = null)
    {
        members = new SpaceClass(typeof(T), defaultOption ?? new T());
        members.AddTo(this, "");
    }

    /// <summary>The instance at a point of the unit cube.</summary>
    /// <param name="feature">[<see cref="SearchSpace.FeatureSpaceDim"/>], each 0 to 1.</param>
    /// <exception cref="ArgumentException">The point has another number of dimensions, or lies outside.</exception>
    public new T SampleFromFeatureSpace(IReadOnlyList<double> feature) => Create(base.SampleFromFeatureSpace(feature));

    /// <summary>The point of an instance.</summary>
    /// <param name="option">Values outside a range are taken as its nearest end.</param>
    /// <exception cref="ArgumentException">A value is none of the choices.</exception>
    public double[] MappingToFeatureSpace(T option)
    {
        ArgumentNullException.ThrowIfNull(option);
        return base.MappingToFeatureSpace(Parameter.CreateNested(members.Read(option, "")));
    }

    /// <summary>An instance with the values of a trial; what the trial lacks is as it was tried first.</summary>
    /// <param name="parameter">Parameters under the keys of the space, <see cref="TrialSettings.Parameter"/>.</param>
    /// <exception cref="InvalidCastException">A value is of another type than its property.</exception>
    public T Create(Parameter parameter)
    {
        ArgumentNullException.ThrowIfNull(parameter);
        return (T)members.Create(parameter, "");
    }
}
